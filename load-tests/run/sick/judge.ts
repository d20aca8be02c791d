import type { Answer } from "./start-load.ts"

/** The time of a fault, milliseconds since the epoch. */
export interface FaultPeriod {
  from: number
  to: number
}

const graceMs = 1000
/** So long every answer must be normal for a service to count as recovered. */
const wellMs = 2000

const isQuestion = ({ verb }: Answer) => verb === "recommend" || verb === "rank"
const isOk = ({ status }: Answer) => status >= 200 && status < 300

/** Returns the share of recommendations and rankings asked during a fault, its first second apart, that were not answered 2xx. */
export function unansweredShare(answers: readonly Answer[], { from, to }: FaultPeriod): number {
  const asked = answers.filter((answer) => isQuestion(answer) && answer.sentAt >= from + graceMs && answer.sentAt < to)
  return asked.length === 0 ? 0 : asked.filter((answer) => !isOk(answer)).length / asked.length
}

/**
 * Returns the seconds from the end of a fault to the first two seconds in which whatever arrived was answered normally; `null`
 * where there are none before `until`.
 */
export function recoverSeconds(answers: readonly Answer[], { to }: FaultPeriod, until: number): number | null {
  const after = answers.filter(({ sentAt }) => sentAt >= to && sentAt < until).sort((a, b) => a.sentAt - b.sentAt)
  let wellSince = to
  for (const { sentAt, isNormal } of after) {
    if (sentAt >= wellSince + wellMs) break
    if (!isNormal) wellSince = sentAt + 1
  }
  return wellSince + wellMs <= until ? (wellSince - to) / 1000 : null
}

/** First times at which a fault was told, milliseconds since the epoch; `null`: not before it ended. */
export interface Told {
  health: number | null
  log: number | null
  metric: number | null
}

/** Returns the seconds until the last of the three ways told of a fault; `null` where one never did. */
export function silentSeconds({ health, log, metric }: Told, { from }: FaultPeriod): number | null {
  if (health === null || log === null || metric === null) return null
  return Math.max(0, health - from, log - from, metric - from) / 1000
}

/** Returns how many answers of a period were what, by verb: `normal`, `degraded`, or the status that was answered. */
export function outcomesOf(
  answers: readonly Answer[],
  { from, to }: FaultPeriod,
): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {}
  for (const answer of answers) {
    if (answer.sentAt < from || answer.sentAt >= to) continue
    const outcome = answer.isNormal
      ? "normal"
      : isOk(answer)
        ? "degraded"
        : answer.status === 0
          ? "none"
          : String(answer.status)
    const ofVerb = counts[answer.verb] ?? {}
    counts[answer.verb] = ofVerb
    ofVerb[outcome] = (ofVerb[outcome] ?? 0) + 1
  }
  return counts
}

/** Returns the largest of some figures; `null`, which is worse than any number, where one is missing. */
export const worst = (figures: readonly (number | null)[]): number | null =>
  figures.length === 0 || figures.includes(null) ? null : Math.max(...(figures as number[]))
