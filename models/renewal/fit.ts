import { type ItemIndex, itemIndex } from "../../src/core/artifact/item-index.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import type { History } from "../../src/core/history/history.ts"
import { groupBy } from "../../src/core/measure/group-by.ts"
import { packageAmount } from "../../src/core/possession/package-amount.ts"
import { paceOf } from "../../src/core/possession/possession.ts"
import { evidenceOf, expectedRepeats, recurring } from "../../src/core/possession/recurrence.ts"
import {
  categoryKey,
  categoryTimesOf,
  type Renewal,
  type RenewalOfCategories,
} from "../../src/core/possession/renewal.ts"
import { presentUntil } from "../../src/core/possession/silence.ts"
import { type CategorySequence, type FittedRecurrence, fitRecurrence } from "./fit-recurrence.ts"
import { fitWeibull } from "./fit-weibull.ts"
import {
  categorySequences,
  type Intervals,
  itemIntervals,
  type KeptPurchases,
  keptPurchasesOf,
  orderIntervals,
} from "./intervals.ts"
import { renewingShares } from "./renewing-shares.ts"

export interface RenewalInputs {
  /** Each customer's history of what lies before `untilMs`. */
  histories: readonly History[]
  catalogue: ReadonlyMap<string, Pick<Item, "title" | "category">>
  untilMs: number
}

/** Fewest intervals that ended from which times are learnt. */
const fewest = 30
const powers = [0, 0.25, 0.5, 0.75, 1] as const
const paceWeights = [1, 2, 4, 8, 16, 32]
const customersOfSearch = 1500
const customersOfShape = 500

/**
 * Learns when what was bought is needed again, by item, category and customer: needs that recur after Weibull times beside purchases by the way, since a
 * thing bought once in a life shows in those who came back for other things. `null` where too little was bought again.
 */
export function fitRenewal({ histories, catalogue, untilMs }: RenewalInputs): Renewal | null {
  const items = itemIndex(boughtItems(histories))
  const purchases = keptPurchasesOf(histories, items, untilMs)
  const orders = orderIntervals(purchases, untilMs)
  if (orders.isClosed.filter(Boolean).length < fewest) return null
  const ofOrders = fitWeibull(orders, { keys: 1 })
  const orderIntervalDays = ofOrders.scaleDays[0]! * Math.log(2) ** (1 / ofOrders.shape)
  const ends = endsOf(histories, purchases, orderIntervalDays, untilMs)
  const { categories, categoryOf } = categoriesOf(items, catalogue)
  const some = everyNth(purchases, customersOfSearch)

  const inCategories = categorySequences(purchases, categoryOf, ends)
  const few = everyNth(purchases, customersOfShape)
  const searched = inCategories.filter(({ customer }) => few.has(customer))
  const keys = categories.length
  const alone = fitRecurrence(searched, { categories: keys })
  const paceWeight = likeliestPaceWeight(searched, alone)
  const paced = (fit: FittedRecurrence) => pacesOf(inCategories, { ...tensorsOf(fit), paceWeight }, purchases.length)
  const { shape } = fitRecurrence(searched, { categories: keys, pace: paced(alone) })
  const pace = paced(fitRecurrence(inCategories, { categories: keys, pace: paced(alone), shape }))
  const ofCategories = fitRecurrence(inCategories, { categories: keys, pace, shape })

  const inItems = itemIntervals(purchases, categoryOf, ends)
  const { amounts, relative } = amountsOf(items, categoryOf, keys, catalogue)
  const lastingBy = (intervals: Intervals, power: number) =>
    Float64Array.from(intervals.key, (key, n) => bounded(intervals.quantity[n]! * relative[key]!) ** power)
  const terms = { keys: items.ids.length, parentOf: categoryOf, parents: keys, pace }
  const searchedItems = sample(inItems, some)
  const ofSearch = fitWeibull(searchedItems, { ...terms, lasting: lastingBy(searchedItems, 0.5) })
  const amountPower = likeliest(powers, (power) => {
    const lasting = lastingBy(searchedItems, power)
    return fitWeibull(searchedItems, { ...terms, lasting, shapes: [ofSearch.shape] }).logLikelihood
  })
  const lasting = lastingBy(inItems, amountPower)
  const ofItems = fitWeibull(inItems, { ...terms, lasting, shapes: [ofSearch.shape] })
  const renewing = renewingShares(purchases, categoryOf, keys)
  const shareOf = (row: number) => {
    const category = categoryOf[row]!
    const usual = Math.max(1e-6, ofItems.parentShare[category]!)
    const whole = category === 0 ? ofOrders.repeatShare[0]! : ofCategories.share[category]! * renewing[category]!
    return whole * Math.min(1, ofItems.repeatShare[row]! / usual)
  }
  return {
    items,
    itemTimes: Float64Array.from(items.ids.flatMap((_, row) => [ofItems.scaleDays[row]!, shareOf(row)])),
    categoryOf,
    categories,
    categoryTimes: Float64Array.from(
      categories.flatMap((_, row) => [
        ofCategories.scaleDays[row]!,
        row === 0 ? ofOrders.repeatShare[0]! : ofCategories.share[row]!,
        ofItems.parentScaleDays[row]!,
      ]),
    ),
    casualPerDay: ofCategories.casualPerDay,
    timeFactorShares: ofCategories.timeFactorShares,
    categoryAmounts: amounts,
    shapes: { item: ofItems.shape, category: ofCategories.shape },
    amountPower,
    paceWeight,
    orderIntervalDays,
  }
}

const bounded = (amount: number) => Math.min(8, Math.max(1 / 8, amount))

function* boughtItems(histories: readonly History[]): Generator<string> {
  for (const { items } of histories)
    for (const itemId in items) if (items[itemId]!.purchaseTimes.length > 0) yield itemId
}

/** Returns until when each customer is looked at, in milliseconds. */
const endsOf = (
  histories: readonly History[],
  purchases: readonly KeptPurchases[],
  orderIntervalDays: number,
  untilMs: number,
): Float64Array =>
  Float64Array.from(purchases, ({ times }, n) =>
    presentUntil(histories[n]!, times.at(-1) ?? untilMs, untilMs, { orderIntervalDays }),
  )

function categoriesOf(
  items: ItemIndex,
  catalogue: RenewalInputs["catalogue"],
): { categories: readonly string[]; categoryOf: Int32Array } {
  const keys = items.ids.map((id) => categoryKey(catalogue.get(id)?.category))
  const { ids, indexOf } = itemIndex(["", ...keys])
  return { categories: ids, categoryOf: Int32Array.from(keys, (key) => indexOf.get(key)!) }
}

/** Returns the median amount of a package by category, and each item's as a multiple of it; 1 where its title tells none. */
function amountsOf(
  items: ItemIndex,
  categoryOf: Int32Array,
  categories: number,
  catalogue: RenewalInputs["catalogue"],
): { amounts: Float64Array; relative: Float64Array } {
  const told = items.ids.map((id) => packageAmount(catalogue.get(id)?.title ?? "")?.amount)
  const byCategory = Array.from({ length: categories }, (): number[] => [])
  told.forEach((amount, row) => {
    if (amount !== undefined && categoryOf[row] !== 0) byCategory[categoryOf[row]!]!.push(amount)
  })
  const amounts = Float64Array.from(byCategory, (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0)
  const relative = Float64Array.from(told, (amount, row) => {
    const usual = amounts[categoryOf[row]!]!
    return amount === undefined || usual === 0 ? 1 : amount / usual
  })
  return { amounts, relative }
}

const tensorsOf = ({
  shape,
  scaleDays,
  share,
  casualPerDay,
  timeFactorShares,
}: FittedRecurrence): RenewalOfCategories => ({
  categoryTimes: Float64Array.from(Array.from(scaleDays).flatMap((scale, row) => [scale, share[row]!, scale])),
  casualPerDay,
  timeFactorShares,
  shapes: { item: shape, category: shape },
})

/** Returns the pace of each customer by their purchases in all categories. */
function pacesOf(
  sequences: readonly CategorySequence[],
  times: Parameters<typeof paceOf>[1],
  customers: number,
): Float64Array {
  const paces = new Float64Array(customers).fill(1)
  for (const [customer, own] of groupBy(sequences, ({ customer }) => customer))
    paces[customer] = paceOf(new Map(own.map((sequence) => [sequence.category, sequence])), times)
  return paces
}

/** Returns the weight of the common pace under which the customers' counts are likeliest: gamma-distributed paces, Poisson counts. */
function likeliestPaceWeight(sequences: readonly CategorySequence[], fitted: FittedRecurrence): number {
  const renewal = tensorsOf(fitted)
  const counts = [...groupBy(sequences, ({ customer }) => customer).values()].map((own) => ({
    events: own.reduce((sum, { gaps }) => sum + gaps.length, 0),
    expected: own.reduce((sum, sequence) => {
      const times = categoryTimesOf(renewal, sequence.category)
      return sum + expectedRepeats(sequence, times, recurring(evidenceOf(sequence, times, 1), times))
    }, 0),
  }))
  return likeliest(paceWeights, (weight) => {
    let sum = 0
    for (const { events, expected } of counts) {
      for (let n = 0; n < events; n++) sum += Math.log(weight + n)
      sum += weight * Math.log(weight) - (weight + events) * Math.log(weight + expected)
    }
    return sum
  })
}

function likeliest<T extends number>(values: readonly T[], logLikelihoodOf: (value: T) => number): T {
  const all = values.map((value) => ({ value, logLikelihood: logLikelihoodOf(value) }))
  return all.reduce((best, one) => (one.logLikelihood > best.logLikelihood ? one : best)).value
}

function everyNth(purchases: readonly KeptPurchases[], most: number): ReadonlySet<number> {
  const step = Math.max(1, purchases.length / most)
  const chosen = new Set<number>()
  for (let at = 0; at < purchases.length; at += step) chosen.add(Math.floor(at))
  return chosen
}

function sample(intervals: Intervals, customers: ReadonlySet<number>): Intervals {
  const rows = intervals.customer.flatMap((customer, n) => (customers.has(customer) ? [n] : []))
  const of = (values: readonly number[]) => rows.map((n) => values[n]!)
  return {
    customer: of(intervals.customer),
    key: of(intervals.key),
    days: of(intervals.days),
    isClosed: of(intervals.isClosed),
    nth: of(intervals.nth),
    quantity: of(intervals.quantity),
  }
}
