import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { lastLine } from "./compare.ts"
import type { Bench } from "./figures.ts"

/** The line a bench printed, or why there is none. */
export type BenchResult = { line: unknown } | { failure: string }

/** Runs a bench in a process of its own, its text going to stderr; `onStart` gets the function that ends it. */
export function runBench(
  { script, args, readsData }: Bench,
  data: string,
  onStart: (stop: () => void) => void = () => {},
): Promise<BenchResult> {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url))
  const given = ["--import", "tsx", path, ...args, ...(readsData ? ["--data", data] : [])]
  return new Promise((resolve) => {
    const child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "pipe"] })
    onStart(() => child.kill())
    let output = ""
    let said = ""
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk)
      said = `${said}${chunk.toString()}`.slice(-1000)
    })
    child.on("error", (error) => resolve({ failure: error.message }))
    child.on("close", (code, signal) => {
      const line = lastLine(output)
      const last = [...said.trim().split("\n"), ...output.trim().split("\n")].findLast((text) => text !== "") ?? ""
      if (code !== 0) resolve({ failure: `${signal ?? `exit code ${code}`}: ${last}` })
      else resolve(line === undefined ? { failure: `printed no line of JSON: ${last}` } : { line })
    })
  })
}
