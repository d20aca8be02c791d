import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

/** Returns each function's own share of the busy time in a folder's profiles, largest first. */
export function ownTimes(folder: string, most: number): string[] {
  const microseconds = new Map<string, number>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile
    const nameById = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
    samples.forEach((id, n) => {
      const name = nameById.get(id)!
      microseconds.set(name, (microseconds.get(name) ?? 0) + timeDeltas[n]!)
    })
  }
  microseconds.delete("(idle)")
  const busy = [...microseconds.values()].reduce((sum, time) => sum + time, 0)
  return [...microseconds]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name, time]) => `${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`)
}

const nameOf = ({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string => {
  if (url === "") return functionName
  const place = url.replace(/^.*\/node_modules\//, "").replace(/^.*\/(?=(src|models|test)\/)/, "")
  return `${functionName || "(anonymous)"} ${place}:${lineNumber + 1}`
}
