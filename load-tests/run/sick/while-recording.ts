import { appendFileSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { repeatedly } from "./faults/fault.ts"
import type { FaultPeriod } from "./judge.ts"
import type { Replica } from "./replica.ts"

interface Recording {
  folder: string
  name: string
  replicas: readonly Replica[]
}

const everyMs = 1000

/**
 * Records what each replica exposes, once a second while a fault is made, into `NAME-replica-N.txt`, and the fault's period into
 * `NAME.json`. Each scrape begins with a line `# scraped at MILLISECONDS`; one that failed has nothing else.
 */
export async function whileRecording(
  { folder, name, replicas }: Recording,
  makeFault: () => Promise<FaultPeriod>,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const stops = replicas.map(({ url }, n) =>
    repeatedly(everyMs, () => record(url, join(folder, `${name}-replica-${n + 1}.txt`))),
  )
  const period = await makeFault()
  await Promise.all(stops.map((stop) => stop()))
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(period)}\n`)
}

async function record(url: string, file: string): Promise<void> {
  const at = Date.now()
  const text = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(everyMs) }).then(
    (answer) => answer.text(),
    () => "",
  )
  appendFileSync(file, `# scraped at ${at}\n${text}\n`)
}
