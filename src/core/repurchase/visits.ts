import type { History } from "../history/history.ts"
import { dayMs } from "../time/durations.ts"

/** The days on which a customer ordered, as far as a history tells them apart; several orders of a day are one visit. */
export interface Visits {
  /** The first order of each such day, ascending; milliseconds since the epoch. */
  times: readonly number[]
  /** Returns the visits after the one of this order: 0 for the latest. */
  visitsAgoOf: (orderAt: number) => number
  /** Distinct items bought. */
  items: number
  /** Items a visit, over all and in the latest. */
  meanSize: number
  lastSize: number
  /** The share of what was bought that had been bought on an earlier visit, shrunk towards a seventh; and that of the latest three visits. */
  repeatShare: number
  recentRepeatShare: number
}

const priorShare = 1 / 7
const priorWeight = 3
const recentVisits = 3

const dayOf = (at: number) => Math.floor(at / dayMs)

/** Reads visits off the purchase times of items. */
export function visitsOf({ items }: Pick<History, "items">): Visits {
  const firstOfDay = new Map<number, number>()
  for (const itemId in items) {
    for (const at of items[itemId]!.purchaseTimes) {
      const day = dayOf(at)
      firstOfDay.set(day, Math.min(at, firstOfDay.get(day) ?? at))
    }
  }
  const days = [...firstOfDay.keys()].sort((a, b) => a - b)
  const backOfDay = new Map(days.map((day, n) => [day, days.length - 1 - n]))
  const lines = { all: 0, repeated: 0, recent: 0, recentRepeated: 0, last: 0 }
  let bought = 0
  for (const itemId in items) {
    const visited = [...new Set(items[itemId]!.purchaseTimes.map(dayOf))]
    if (visited.length > 0) bought++
    visited.forEach((day, n) => {
      const back = backOfDay.get(day)!
      lines.all++
      if (n > 0) lines.repeated++
      if (back < recentVisits) lines.recent++
      if (back < recentVisits && n > 0) lines.recentRepeated++
      if (back === 0) lines.last++
    })
  }
  return {
    times: days.map((day) => firstOfDay.get(day)!),
    visitsAgoOf: (orderAt) => backOfDay.get(dayOf(orderAt))!,
    items: bought,
    meanSize: lines.all / Math.max(1, days.length),
    lastSize: lines.last,
    repeatShare: shrunk(lines.repeated, lines.all),
    recentRepeatShare: shrunk(lines.recentRepeated, lines.recent),
  }
}

const shrunk = (repeated: number, all: number) => (repeated + priorWeight * priorShare) / (all + priorWeight)
