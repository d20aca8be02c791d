import type { Item } from "../catalogue/item.ts"
import type { History } from "../history/history.ts"
import { dayMs } from "../time/durations.ts"
import { createItemFacts, type ItemFacts } from "./item-facts.ts"
import { packageAmount } from "./package-amount.ts"
import { assumedRenewal, categoryKey, elapsed, ownShare, type Renewal } from "./renewal.ts"
import { type Silence, silenceOf } from "./silence.ts"

/** Items that a customer has, gave back or waits for, at one time. */
export interface Possession {
  of: (itemId: string) => ItemFacts
  daysSinceBought: (itemId: string) => number | undefined
  /** Chance that a need of this item has returned since it was last bought; `undefined` where the customer has none. */
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
  times: ReadonlyMap<number, readonly number[]>
  pace: (nowMs: number) => number
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

function chanceOf(
  item: RenewableItem,
  { boughtAt, quantity }: Pick<ItemFacts, "boughtAt" | "quantity">,
  { times, pace }: PurchasesByCategory,
  learnt: Renewal,
  nowMs: number,
): number {
  const row = learnt.items.indexOf.get(item.id)
  const category = row === undefined ? rowOfCategory(item, learnt) : learnt.categoryOf[row]!
  const [scaleDays, share] =
    row === undefined
      ? [learnt.categoryTimes[3 * category + 2]!, learnt.categoryTimes[3 * category + 1]!]
      : [learnt.itemTimes[2 * row]!, learnt.itemTimes[2 * row + 1]!]
  const lasting = scaleDays * lastingFactor(item, quantity, category, learnt)
  const own = gapsOf(boughtAt)
  const common = pace(nowMs)
  const ofItem = renewed(own, daysBetween(boughtAt.at(-1)!, nowMs), lasting, learnt.shapes.item, common)
  const repeated = ownShare(share, own.length)
  if (category === 0) return repeated * ofItem
  const all = times.get(category) ?? boughtAt
  const since = daysBetween(Math.max(all.at(-1)!, boughtAt.at(-1)!), nowMs)
  const scale = learnt.categoryTimes[3 * category]!
  return repeated * Math.min(ofItem, renewed(gapsOf(all), since, scale, learnt.shapes.category, common))
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

function purchasesByCategory(history: History, of: Possession["of"], learnt: Renewal): PurchasesByCategory {
  const times = new Map<number, number[]>()
  for (const itemId in history.items) {
    if (history.items[itemId]!.purchaseTimes.length === 0) continue
    const row = learnt.items.indexOf.get(itemId)
    const category = row === undefined ? 0 : learnt.categoryOf[row]!
    const known = times.get(category)
    if (known === undefined) times.set(category, [...of(itemId).boughtAt])
    else known.push(...of(itemId).boughtAt)
  }
  for (const all of times.values()) all.sort((a, b) => a - b)
  let pace: number | undefined
  return { times, pace: (nowMs) => (pace ??= paceOf(times, learnt, nowMs)) }
}

/** The customer's pace over all categories as a multiple of the common one, shrunk to 1. */
export function paceOf(
  times: ReadonlyMap<number, readonly number[]>,
  { categoryTimes, shapes, paceWeight }: Pick<Renewal, "categoryTimes" | "shapes" | "paceWeight">,
  untilMs: number,
): number {
  let [events, exposure] = [0, 0]
  for (const [category, all] of times) {
    if (all.length === 0) continue
    const [scaleDays, share] = [categoryTimes[3 * category]!, categoryTimes[3 * category + 1]!]
    const gaps = gapsOf(all)
    for (const gap of gaps) exposure += elapsed(gap, scaleDays, shapes.category)
    events += gaps.length
    const open = elapsed(daysBetween(all.at(-1)!, untilMs), scaleDays, shapes.category)
    exposure += stillWaiting(ownShare(share, gaps.length), open) * open
  }
  return (paceWeight + events) / (paceWeight + exposure)
}

/** P(the need returns at all | it has not by now), after a part `waited` of the usual time. */
export function stillWaiting(share: number, waited: number): number {
  const waiting = share * Math.exp(-waited)
  return waiting / (1 - share + waiting)
}
