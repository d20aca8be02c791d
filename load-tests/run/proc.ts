import { readFileSync } from "node:fs"

export const ticksPerSecond = 100

/** Returns the text of a file under `/proc`; `null` when the process is gone. */
export function readProc(path: string): string | null {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return null
  }
}

/** Returns the fields of a `stat` file that follow the command's name; `null` when the process is gone. */
export function statFields(path: string): number[] | null {
  const text = readProc(path)
  if (text === null) return null
  return text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number)
}

/** Returns the ticks that all processors were busy since the machine started. */
export function machineTicks(): number {
  const [user, nice, system, , , irq, softirq] = readFileSync("/proc/stat", "utf8")
    .split("\n")[0]!
    .trim()
    .split(/ +/)
    .slice(1)
    .map(Number)
  return user! + nice! + system! + irq! + softirq!
}
