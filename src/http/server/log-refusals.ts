import type { Logger } from "pino"

const everyMs = 1000
const counts = new WeakMap<object, Map<string, number>>()

interface Refusal {
  status: 429 | 503
  reason: string
  err?: Error
}

/** Logs requests whose clients were told to come back as one line for each reason and second, with their number and the first one's error. */
export function logRefusal(log: Pick<Logger, "warn">, { status, reason, err }: Refusal): void {
  let countByReason = counts.get(log)
  if (countByReason === undefined) {
    countByReason = new Map()
    counts.set(log, countByReason)
  }
  const countOf = countByReason
  const before = countOf.get(reason)
  countOf.set(reason, (before ?? 0) + 1)
  if (before !== undefined) return
  setTimeout(() => {
    log.warn(
      { status, reason, count: countOf.get(reason), ...(err && { err }) },
      "refused requests; their clients were told to come back",
    )
    countOf.delete(reason)
  }, everyMs).unref()
}
