import type { Item } from "../catalogue/item.ts"
import type { History } from "../history/history.ts"
import { dayMs } from "../time/durations.ts"
import { createItemFacts, type ItemFacts } from "./item-facts.ts"
import { packageAmount } from "./package-amount.ts"
import { evidenceOf, expectedRepeats, type PurchaseSequence, recurring, returnedNeed } from "./recurrence.ts"
import {
  assumedRenewal,
  categoryKey,
  categoryTimesOf,
  elapsed,
  ownShare,
  type Renewal,
  type RenewalOfCategories,
} from "./renewal.ts"
import { type Silence, silenceOf } from "./silence.ts"

/** Items that a customer has, gave back or waits for, at one time. */
export interface Possession {
  of: (itemId: string) => ItemFacts
  daysSinceBought: (itemId: string) => number | undefined
  /** Chance that the customer has a need of this item and it has returned since it was last bought; `undefined` where they have none. */
  neededAgain: (item: RenewableItem) => number | undefined
  silence: () => Silence | undefined
}

export type RenewableItem = Pick<Item, "id" | "title" | "category">

/** Events that the common renewal time weighs against the customer's own times of one item or category. */
const ownWeight = 2

/** Reads a customer's possession off their history; by default with the renewal times assumed before any are learnt. */
export function createPossession(
  history: History,
  nowMs: number,
  renewal: Renewal | null = assumedRenewal,
): Possession {
  const learnt = renewal ?? assumedRenewal
  const of = createItemFacts(history, nowMs)
  const chances = new Map<string, number | undefined>()
  let purchases: PurchasesByCategory | undefined
  let silence: { found: Silence | undefined } | undefined
  const neededAgain = (item: RenewableItem) => {
    const { boughtAt, quantity } = of(item.id)
    if (boughtAt.length === 0) return undefined
    purchases ??= purchasesByCategory(history, of, learnt)
    return chanceOf(item, { boughtAt, quantity }, purchases, learnt, nowMs)
  }
  return {
    of,
    daysSinceBought(itemId) {
      const last = of(itemId).boughtAt.at(-1)
      return last === undefined ? undefined : daysBetween(last, nowMs)
    },
    neededAgain(item) {
      if (chances.has(item.id)) return chances.get(item.id)
      const chance = neededAgain(item)
      chances.set(item.id, chance)
      return chance
    },
    silence() {
      silence ??= { found: silenceOf(history, nowMs, learnt) }
      return silence.found
    },
  }
}

interface PurchasesByCategory {
  /** Time of the last purchase in each category, and the purchases in order. */
  of: ReadonlyMap<number, PurchaseSequence & { lastAt: number }>
  pace: () => number
}

const daysBetween = (from: number, to: number) => Math.max(0, to - from) / dayMs

/** Purchases of a day are one; the times between them, in days. */
function gapsOf(times: readonly number[]): number[] {
  const gaps: number[] = []
  let last: number | undefined
  for (const at of times) {
    if (last !== undefined && at - last < dayMs) continue
    if (last !== undefined) gaps.push((at - last) / dayMs)
    last = at
  }
  return gaps
}

/** Returns the sequence of ascending purchase times, one at least, of a customer who is there until `untilMs`. */
export const sequenceOf = (times: readonly number[], untilMs: number): PurchaseSequence => ({
  gaps: gapsOf(times),
  openDays: daysBetween(times.at(-1)!, untilMs),
})

function chanceOf(
  item: RenewableItem,
  { boughtAt, quantity }: Pick<ItemFacts, "boughtAt" | "quantity">,
  purchases: PurchasesByCategory,
  learnt: Renewal,
  nowMs: number,
): number {
  const row = learnt.items.indexOf.get(item.id)
  const category = row === undefined ? rowOfCategory(item, learnt) : learnt.categoryOf[row]!
  const times = categoryTimesOf(learnt, category)
  const [scaleDays, share] =
    row === undefined
      ? [learnt.categoryTimes[3 * category + 2]!, times.share]
      : [learnt.itemTimes[2 * row]!, learnt.itemTimes[2 * row + 1]!]
  const lasts = lastingFactor(item, quantity, category, learnt)
  const own = gapsOf(boughtAt)
  const pace = purchases.pace()
  if (category === 0) {
    const days = daysBetween(boughtAt.at(-1)!, nowMs)
    return ownShare(share, own.length) * renewed(own, days, scaleDays * lasts, learnt.shapes.item, pace)
  }
  const sequence = purchases.of.get(category) ?? { ...sequenceOf(boughtAt, nowMs), lastAt: boughtAt.at(-1)! }
  const days = daysBetween(Math.max(sequence.lastAt, boughtAt.at(-1)!), nowMs) / lasts
  return returnedNeed(sequence, times, { pace, days }) * ownShare(Math.min(1, share / times.share), own.length)
}

/** P(renewed after `days`) at the customer's own rate: the common one, shrunk by the times between their purchases. */
function renewed(own: readonly number[], days: number, scaleDays: number, shape: number, pace: number): number {
  const exposure = own.reduce((sum, gap) => sum + elapsed(gap, scaleDays, shape), 0)
  const rate = (pace * (ownWeight + own.length)) / (ownWeight + pace * exposure)
  return 1 - Math.exp(-rate * elapsed(days, scaleDays, shape))
}

/** Returns how much longer a purchase lasts than a usual one, by its units and by the amount that the title tells. */
function lastingFactor(item: RenewableItem, quantity: number, category: number, learnt: Renewal): number {
  const usual = learnt.categoryAmounts[category]!
  const amount = usual > 0 ? packageAmount(item.title)?.amount : undefined
  const relative = (quantity > 0 ? quantity : 1) * (amount === undefined ? 1 : amount / usual)
  return Math.min(8, Math.max(1 / 8, relative)) ** learnt.amountPower
}

function rowOfCategory({ category }: RenewableItem, { categories }: Renewal): number {
  const row = categories.indexOf(categoryKey(category))
  return row < 0 ? 0 : row
}

/** Reads purchases until the last one: who is silent in every category may be gone, which says nothing of a need. */
function purchasesByCategory(history: History, of: Possession["of"], learnt: Renewal): PurchasesByCategory {
  const times = new Map<number, number[]>()
  let lastAt = Number.NEGATIVE_INFINITY
  for (const itemId in history.items) {
    if (history.items[itemId]!.purchaseTimes.length === 0) continue
    const { boughtAt } = of(itemId)
    if (boughtAt.length === 0) continue
    const row = learnt.items.indexOf.get(itemId)
    const category = row === undefined ? 0 : learnt.categoryOf[row]!
    const known = times.get(category)
    if (known === undefined) times.set(category, [...boughtAt])
    else known.push(...boughtAt)
    lastAt = Math.max(lastAt, boughtAt.at(-1)!)
  }
  const sequences = new Map<number, PurchaseSequence & { lastAt: number }>()
  for (const [category, all] of times) {
    all.sort((a, b) => a - b)
    sequences.set(category, { ...sequenceOf(all, lastAt), lastAt: all.at(-1)! })
  }
  let pace: number | undefined
  return { of: sequences, pace: () => (pace ??= paceOf(sequences, learnt)) }
}

/** Rounds in which a customer's pace and their needs are told from each other. */
const paceRounds = 2

/** Returns the customer's pace over all categories as a multiple of the common one, shrunk to 1. */
export function paceOf(
  sequences: ReadonlyMap<number, PurchaseSequence>,
  renewal: RenewalOfCategories & Pick<Renewal, "paceWeight">,
): number {
  const { paceWeight } = renewal
  let pace = 1
  for (let round = 0; round < paceRounds; round++) {
    let [events, expected] = [0, 0]
    for (const [category, sequence] of sequences) {
      const times = categoryTimesOf(renewal, category)
      events += sequence.gaps.length
      expected += expectedRepeats(sequence, times, recurring(evidenceOf(sequence, times, pace), times))
    }
    pace = (paceWeight + events) / (paceWeight + expected)
  }
  return pace
}
