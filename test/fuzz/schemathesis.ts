import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { createReadStream } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import type { Exchange } from "./refusals.ts"

const run = promisify(execFile)
const version = "4.32.0"

/** Installs the fuzzer into an environment of its own in `folder`; returns its command. */
export async function installSchemathesis(folder: string): Promise<string> {
  await run("python3", ["-m", "venv", folder])
  await run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", `schemathesis==${version}`])
  return join(folder, "bin/schemathesis")
}

export interface FuzzRun {
  command: string
  address: string
  key: string
  /** For each operation, beyond those that cover the document's every part. */
  casesPerOperation: number
  phases: string
  seed: number
  reportPath: string
}

/** Asks every operation of the document at the address; the report has each request and answer, one line an event. */
export async function fuzz(
  { command, address, key, casesPerOperation, phases, seed, reportPath }: FuzzRun,
  say: (line: string) => void,
): Promise<void> {
  const options = [
    ["--header", `Authorization: Bearer ${key}`],
    ["--phases", phases],
    ["--max-examples", String(casesPerOperation)],
    ["--seed", String(seed)],
    ["--checks", "not_a_server_error,unsupported_method"],
    ["--report", "ndjson"],
    ["--report-ndjson-path", reportPath],
    ["--generation-database", "none"],
    ["--suppress-health-check", "all"],
    ["--no-shrink"],
    ["--continue-on-failure"],
    ["--no-color"],
  ].flat()
  const child = spawn(command, ["run", `${address}/openapi.json`, ...options], {
    cwd: dirname(reportPath),
    stdio: ["ignore", "pipe", "pipe"],
  })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", say)
  await once(child, "exit")
}

interface Recorder {
  label: string
  cases: Record<string, { value: { method: string; meta?: { generation?: { mode?: string } } } }>
  interactions: Record<string, { response: { status_code: number; content: { $base64?: string } | null } | null }>
}

/** All requests of a report that were answered. */
export async function* exchangesOf(reportPath: string): AsyncGenerator<Exchange> {
  for await (const line of createInterface({ input: createReadStream(reportPath) })) {
    const event = JSON.parse(line) as { ScenarioFinished?: { recorder: Recorder } }
    if (event.ScenarioFinished === undefined) continue
    const { label, cases, interactions } = event.ScenarioFinished.recorder
    for (const [id, { response }] of Object.entries(interactions)) {
      if (response === null) continue
      const mode = cases[id]?.value.meta?.generation?.mode
      const body = Buffer.from(response.content?.$base64 ?? "", "base64").toString()
      yield { operation: label, fits: mode === "positive", status: response.status_code, body }
    }
  }
}
