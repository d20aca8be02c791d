import type { Worker } from "node:cluster"
import { setTimeout as sleep } from "node:timers/promises"
import { ApiError } from "../core/problem/problem.ts"
import {
  addReadings,
  combineReadings,
  growingOnly,
  type MetricReading,
  readingOfSilent,
} from "../http/server/combine-metrics.ts"
import { keptFor } from "../http/server/kept-for.ts"
import { freshMs } from "../http/server/metrics.ts"

/** Messages of a process of several to the first. */
interface ToFirst {
  /** Joins those whose values are gathered, or asks for the text of all. */
  metrics?: "join" | "askAll"
  ownMetrics?: MetricReading
}

/** Messages of the first process. */
interface FromFirst {
  metrics?: "askOwn"
  allMetrics?: string
}

/** Milliseconds that the first process waits for each of the others. */
const ownMs = 1000
/** Milliseconds that a process waits for the first. */
const allMs = 3000

interface Member {
  worker: Worker
  /** Its latest counts. */
  counts: MetricReading
  /** Takes the answer to the question under way. */
  take: (reading: MetricReading) => void
}

/** Resolves to `null` if the answer takes longer. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T | null> {
  const giveUp = new AbortController()
  const first = await Promise.race([answer, sleep(ms, null, { signal: giveUp.signal }).catch(() => null)])
  giveUp.abort()
  return first
}

/**
 * Gathers the metrics of several processes in the one that started them, and tells each that asks the text of all. Returns what takes
 * a process into account; the counts of one that has ended stay, so that no counter goes down.
 */
export function gatherMetrics(): (worker: Worker) => void {
  const members = new Set<Member>()
  let ended: MetricReading = []

  const ask = async (member: Member) => {
    const answer = new Promise<MetricReading>((resolve) => {
      member.take = resolve
    })
    if (member.worker.isConnected()) member.worker.send({ metrics: "askOwn" } satisfies FromFirst)
    return { member, reading: await within(ownMs, answer) }
  }
  const text = keptFor(
    freshMs,
    async () => {
      const answers = await Promise.all([...members].map(ask))
      // One that ended meanwhile is in `ended`.
      const present = answers.filter(({ member }) => members.has(member))
      const silent = present.flatMap(({ member, reading }) => (reading === null ? [member.worker.process.pid!] : []))
      const readings = present.map(({ member, reading }) => reading ?? member.counts)
      return combineReadings([...readings, ended, await readingOfSilent(silent)])
    },
    Date.now,
  )

  return (worker) => {
    const member: Member = { worker, counts: [], take: () => {} }
    worker.on("message", async ({ metrics, ownMetrics }: ToFirst) => {
      if (metrics === "join") members.add(member)
      if (ownMetrics !== undefined) {
        member.counts = growingOnly(ownMetrics)
        member.take(ownMetrics)
      }
      if (metrics !== "askAll") return
      const allMetrics = await text()
      if (worker.isConnected()) worker.send({ allMetrics } satisfies FromFirst)
    })
    worker.once("exit", () => {
      members.delete(member)
      ended = addReadings(ended, member.counts)
    })
  }
}

/** Joins the processes whose values the first gathers; returns what asks it for the text of all. */
export function shareMetrics(read: () => Promise<MetricReading>): () => Promise<string> {
  const waiting = new Set<(text: string) => void>()
  const send = (message: ToFirst) => process.connected && process.send?.(message)
  process.on("message", async ({ metrics, allMetrics }: FromFirst) => {
    if (metrics === "askOwn") send({ ownMetrics: await read() })
    if (allMetrics === undefined) return
    for (const take of waiting) take(allMetrics)
    waiting.clear()
  })
  send({ metrics: "join" })
  return async () => {
    const answer = new Promise<string>((resolve) => waiting.add(resolve))
    send({ metrics: "askAll" })
    const text = await within(allMs, answer)
    if (text === null) throw new ApiError("unavailable", "the first process did not answer; ask again")
    return text
  }
}
