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

/** Intervals of customers without a purchase after which one counts as gone, so that leaving is not taken for no need. */
const goneAfterIntervals = 2

/** Returns until when a customer who last bought at `lastBoughtMs` counts as there, in milliseconds. */
export function presentUntil(
  history: Parameters<typeof silenceOf>[0],
  lastBoughtMs: number,
  nowMs: number,
  renewal: Pick<Renewal, "orderIntervalDays">,
): number {
  const usualDays = silenceOf(history, nowMs, renewal)?.usualIntervalDays ?? renewal.orderIntervalDays
  return Math.min(nowMs, lastBoughtMs + goneAfterIntervals * usualDays * dayMs)
}

/** The days (since the epoch, UTC) on which the customer bought anything, ascending. */
function orderDaysOf({ items }: Pick<History, "items">): number[] {
  const days = new Set<number>()
  for (const itemId in items) for (const at of items[itemId]!.purchaseTimes) days.add(Math.floor(at / dayMs))
  return [...days].sort((a, b) => a - b)
}
