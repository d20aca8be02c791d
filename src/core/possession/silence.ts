import type { History } from "../history/history.ts"
import { dayMs } from "../time/durations.ts"
import type { Renewal } from "./renewal.ts"

/** Time since the last order, beside the customer's usual interval; since the last visit of who never ordered. */
export interface Silence {
  usualIntervalDays: number
  /** Days since then divided by the usual interval. */
  intervals: number
}

/** Intervals that the shop's weighs against the customer's own. */
const priorIntervals = 1

/** Returns the customer's silence; `undefined` for one of whom nothing is known. */
export function silenceOf(
  history: Pick<History, "items" | "lastOrderAt" | "lastAt">,
  nowMs: number,
  { orderIntervalDays }: Pick<Renewal, "orderIntervalDays">,
): Silence | undefined {
  const lastAt = history.lastOrderAt ?? history.lastAt
  if (lastAt === null) return undefined
  const days = orderDaysOf(history)
  let logs = priorIntervals * Math.log(orderIntervalDays)
  for (let n = 1; n < days.length; n++) logs += Math.log(days[n]! - days[n - 1]!)
  const usualIntervalDays = Math.exp(logs / (priorIntervals + Math.max(0, days.length - 1)))
  const since = Math.max(0, nowMs - lastAt) / dayMs
  return { usualIntervalDays, intervals: since / usualIntervalDays }
}

/** The days (since the epoch, UTC) on which the customer bought anything, ascending. */
function orderDaysOf({ items }: Pick<History, "items">): number[] {
  const days = new Set<number>()
  for (const itemId in items) for (const at of items[itemId]!.purchaseTimes) days.add(Math.floor(at / dayMs))
  return [...days].sort((a, b) => a - b)
}
