import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import type { History } from "../../src/core/history/history.ts"
import { createItemFacts, type ItemFacts } from "../../src/core/possession/item-facts.ts"
import { sequenceOf } from "../../src/core/possession/possession.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { CategorySequence } from "./fit-recurrence.ts"

/** Times between purchases in columns, one value an interval; an open one lasts until the customer is no longer looked at. */
export interface Intervals {
  /** Row of the customer, and of what was bought: an item, a category, or 0 for any order. */
  customer: number[]
  key: number[]
  days: number[]
  /** 1 where it ended with a purchase, 0 where it is open. */
  isClosed: number[]
  /** Number of intervals of the same customer and key before it. */
  nth: number[]
  /** Units of the purchase that it begins with. */
  quantity: number[]
}

/** Purchases of one customer that were kept: times in milliseconds and units, by row of the item. */
export interface KeptPurchases {
  byItem: ReadonlyMap<number, Pick<ItemFacts, "boughtAt" | "quantity">>
  /** All times, ascending. */
  times: readonly number[]
}

const newIntervals = (): Intervals => ({ customer: [], key: [], days: [], isClosed: [], nth: [], quantity: [] })

/** Reads what each customer bought and kept before `untilMs`. */
export const keptPurchasesOf = (histories: readonly History[], items: ItemIndex, untilMs: number): KeptPurchases[] =>
  histories.map((history) => {
    const factsOf = createItemFacts(history, untilMs)
    const byItem = new Map<number, ItemFacts>()
    for (const itemId in history.items) {
      const row = items.indexOf.get(itemId)
      if (row === undefined || history.items[itemId]!.purchaseTimes.length === 0) continue
      const facts = factsOf(itemId)
      if (facts.boughtAt.length > 0) byItem.set(row, facts)
    }
    return { byItem, times: sorted([...byItem.values()].flatMap(({ boughtAt }) => boughtAt)) }
  })

/** Returns the intervals between any two orders; open ones last until `untilMs`. */
export function orderIntervals(purchases: readonly KeptPurchases[], untilMs: number): Intervals {
  const intervals = newIntervals()
  purchases.forEach(({ times }, customer) => {
    addSequence(intervals, { customer, key: 0, quantity: 1 }, times, untilMs)
  })
  return intervals
}

/** Returns each customer's purchases in each category until the customer's end. */
export const categorySequences = (
  purchases: readonly KeptPurchases[],
  categoryOf: Int32Array,
  ends: Float64Array,
): CategorySequence[] =>
  purchases.flatMap((bought, customer) =>
    [...timesByCategory(bought, categoryOf)].map(([category, times]) => ({
      ...sequenceOf(times, ends[customer]!),
      customer,
      category,
    })),
  )

/** Returns the intervals between purchases of each item, open from the purchase of another item of its category on. */
export function itemIntervals(
  purchases: readonly KeptPurchases[],
  categoryOf: Int32Array,
  ends: Float64Array,
): Intervals {
  const intervals = newIntervals()
  purchases.forEach((bought, customer) => {
    const inCategory = timesByCategory(bought, categoryOf)
    for (const [key, { boughtAt, quantity }] of bought.byItem) {
      const others = categoryOf[key] === 0 ? [] : (inCategory.get(categoryOf[key]!) ?? [])
      addSequence(intervals, { customer, key, quantity }, boughtAt, ends[customer]!, others)
    }
  })
  return intervals
}

/** Returns one customer's purchase times by category, ascending. */
function timesByCategory({ byItem }: KeptPurchases, categoryOf: Int32Array): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const [row, { boughtAt }] of byItem) {
    const known = found.get(categoryOf[row]!)
    if (known === undefined) found.set(categoryOf[row]!, [...boughtAt])
    else known.push(...boughtAt)
  }
  for (const times of found.values()) times.sort((a, b) => a - b)
  return found
}

/** Adds the intervals of one sequence; purchases of a day are one, and one of `others` in between leaves an interval open. */
function addSequence(
  into: Intervals,
  { customer, key, quantity }: { customer: number; key: number; quantity: number },
  times: readonly number[],
  endMs: number,
  others: readonly number[] = [],
): void {
  const distinct = times.filter((at, n) => n === 0 || at - times[n - 1]! >= dayMs)
  distinct.forEach((at, n) => {
    const next = distinct[n + 1]
    const other = others.find((time) => time - at >= dayMs)
    const isClosed = next !== undefined && (other === undefined || other >= next)
    const days = ((isClosed ? next : Math.min(other ?? endMs, endMs)) - at) / dayMs
    if (days < 1) return
    into.customer.push(customer)
    into.key.push(key)
    into.days.push(days)
    into.isClosed.push(isClosed ? 1 : 0)
    into.nth.push(n)
    into.quantity.push(quantity)
  })
}

const sorted = (times: number[]) => times.sort((a, b) => a - b)
