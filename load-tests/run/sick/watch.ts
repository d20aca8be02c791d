import { readFileSync, statSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import type { Told } from "./judge.ts"
import type { Replica } from "./replica.ts"

export interface Seen extends Told {
  /** Status and reasons of `/health` while it was not `ok`, in the order they first came. */
  health: number | null
  said: string[]
  /** Metrics that moved. */
  moved: string[]
  /** The messages of warnings, each once. */
  warned: string[]
}

export interface Watch {
  /** Ends watching and says what the replica told since it began. */
  stop(): Promise<Seen>
}

const everyMs = 250
const patienceMs = 3000

/** Metrics that say that something is wrong; those of the database's state are there from when they are. */
const alarming = [
  /^beforehand_decisions_total\{[^}]*degraded="true"/,
  /^beforehand_request_seconds_count\{[^}]*status="5/,
  /^beforehand_refusals_total/,
  /^beforehand_database_/,
]

/** Watches what one replica tells of itself from now on. */
export async function watch({ url, logFile }: Replica): Promise<Watch> {
  const before = alarmingSeries((await textOf(`${url}/metrics`)) ?? "")
  const logFrom = statSync(logFile).size
  const seen: Seen = { health: null, log: null, metric: null, said: [], moved: [], warned: [] }
  let stopped = false
  const readHealth = async () => {
    const text = await textOf(`${url}/health`)
    const said = text === null ? "does not answer" : describeHealth(text)
    if (said === "ok") return
    seen.health ??= Date.now()
    if (!seen.said.includes(said)) seen.said.push(said)
  }
  const readMetrics = async () => {
    for (const [name, value] of alarmingSeries((await textOf(`${url}/metrics`)) ?? "")) {
      if (value <= (before.get(name) ?? 0)) continue
      seen.metric ??= Date.now()
      if (!seen.moved.includes(name)) seen.moved.push(name)
    }
  }
  const again = async (look: () => Promise<void>) => {
    while (!stopped) {
      await look()
      await sleep(everyMs)
    }
  }
  const ended = Promise.all([again(readHealth), again(readMetrics)])
  return {
    async stop() {
      stopped = true
      await ended
      for (const { level, time, msg } of readLog(logFile, logFrom)) {
        if (level < warnLevel) continue
        seen.log ??= time
        if (!seen.warned.includes(msg)) seen.warned.push(msg)
      }
      return seen
    },
  }
}

const textOf = (url: string): Promise<string | null> =>
  fetch(url, { signal: AbortSignal.timeout(patienceMs) }).then(
    (answer) => answer.text(),
    () => null,
  )

function describeHealth(text: string): string {
  const { status, reasons } = JSON.parse(text) as { status: string; reasons: { code: string; affects: string }[] }
  const told = reasons.map(({ code, affects }) => `${affects} ${code}`)
  return [status, ...told].join(" ")
}

/** Returns the alarming series of an exposition text. */
function alarmingSeries(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => alarming.some((pattern) => pattern.test(line)))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  )
}

const warnLevel = 40

interface LogLine {
  level: number
  time: number
  msg: string
}

/** Returns the JSON lines of a log from an offset in bytes on. */
const readLog = (file: string, from: number): LogLine[] =>
  readFileSync(file)
    .subarray(from)
    .toString()
    .split("\n")
    .flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line) as LogLine] : []))
