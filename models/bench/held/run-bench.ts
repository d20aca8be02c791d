import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { lastLine } from "./compare.ts"
import type { Bench } from "./figures.ts"

/** The line a bench printed, or why there is none. */
export type BenchResult = { line: unknown } | { failure: string }

interface RunBenchOptions {
  /** The folder of the data sets. */
  data: string
  /** Folder for temporary files of the bench. */
  scratch: string
  /** Gets the function that ends the process and waits for its end. */
  onStart?: (stop: () => Promise<unknown>) => void
}

/** Runs a bench in a process of its own, whose text goes to stderr. */
export function runBench({ script, args, readsData }: Bench, options: RunBenchOptions): Promise<BenchResult> {
  const { data, scratch, onStart = () => {} } = options
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url))
  const given = ["--import", "tsx", path, ...args, ...(readsData ? ["--data", data] : [])]
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: scratch }
    const child = spawn(process.execPath, given, { env, stdio: ["ignore", "pipe", "pipe"] })
    const ended = new Promise((end) => child.on("close", end))
    onStart(() => {
      child.kill()
      return ended
    })
    let output = ""
    let stderrTail = ""
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk)
      stderrTail = `${stderrTail}${chunk.toString()}`.slice(-4000)
    })
    child.on("error", (error) => resolve({ failure: error.message }))
    child.on("close", (code, signal) => {
      const line = lastLine(output)
      const cause = causeOf(`${stderrTail}\n${output}`)
      if (code !== 0) resolve({ failure: `${signal ?? `exit code ${code}`}: ${cause}` })
      else resolve(line === undefined ? { failure: `printed no line of JSON: ${cause}` } : { line })
    })
  })
}

/** Returns the message of an uncaught error, which its stack follows, or else the last line. */
function causeOf(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "")
  return lines.findLast((line) => /^\w*Error\b.*: /.test(line)) ?? lines.at(-1) ?? ""
}
