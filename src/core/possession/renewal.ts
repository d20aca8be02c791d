import { type ItemIndex, noItems } from "../artifact/item-index.ts"

/** Purchases of a category: needs that recur after Weibull times, beside purchases by the way at a steady rate. */
export interface CategoryTimes {
  scaleDays: number
  shape: number
  /** Share of those who bought in it that have a recurring need, before more is known of them. */
  share: number
  /** Of those needs, the share of each of `timeFactors`. */
  timeFactorShares: ArrayLike<number>
  casualPerDay: number
}

/** Renewal times learnt from all customers; those of an item are shrunk to its category's, and those to the shop's. */
export interface Renewal {
  /** The items ever bought; `itemTimes` and `categoryOf` have a row for each. */
  items: ItemIndex
  /** Times from a purchase of an item to the next of the same item, two values a row: scale in days, share. */
  itemTimes: Float64Array
  /** Row of `categories` of each item. */
  categoryOf: Int32Array
  /** Keys of categories, of which "" is the whole shop and the first. */
  categories: readonly string[]
  /** Three values a row: scale in days of a need of the category, share of buyers with a need that recurs, scale in days of an item unknown. */
  categoryTimes: Float64Array
  /** Purchases in each category that no need gave rise to, of a customer of the common pace, per day. */
  casualPerDay: Float64Array
  /** Share of each of `timeFactors` among needs that recur. */
  timeFactorShares: Float64Array
  /** Median amount of a package by category; 0 where titles tell none. */
  categoryAmounts: Float64Array
  /** Weibull shapes of the times of items and of categories. */
  shapes: { item: number; category: number }
  /** Power of an amount by which it lasts longer. */
  amountPower: number
  /** Events that the common pace of all weighs against a customer's own. */
  paceWeight: number
  /** Median days between a customer's orders, of those who ordered again. */
  orderIntervalDays: number
}

/** The renewal times assumed before a release has learnt any: half of all needs have returned after 100 days. */
export const assumedRenewal: Renewal = {
  items: noItems,
  itemTimes: new Float64Array(0),
  categoryOf: new Int32Array(0),
  categories: [""],
  categoryTimes: Float64Array.of(120, 1, 120),
  casualPerDay: Float64Array.of(0),
  timeFactorShares: Float64Array.of(0.25, 0.5, 0.25),
  categoryAmounts: Float64Array.of(0),
  shapes: { item: 2, category: 2 },
  amountPower: 0.5,
  paceWeight: 4,
  orderIntervalDays: 90,
}

/** The key of the category whose items replace each other: the whole path; "" for an item without one. */
export const categoryKey = (category: readonly string[] | undefined): string =>
  category === undefined || category.length === 0 ? "" : JSON.stringify(category)

export type RenewalOfCategories = Pick<Renewal, "categoryTimes" | "casualPerDay" | "timeFactorShares" | "shapes">

/** Returns the times of a category by its row. */
export const categoryTimesOf = (
  { categoryTimes, casualPerDay, timeFactorShares, shapes }: RenewalOfCategories,
  row: number,
): CategoryTimes => ({
  scaleDays: categoryTimes[3 * row]!,
  share: categoryTimes[3 * row + 1]!,
  shape: shapes.category,
  timeFactorShares,
  casualPerDay: casualPerDay[row]!,
})

/** Purchases that the common share of repeats weighs against a customer's own. */
const shareWeight = 2

/** The share of a customer's purchases that are repeated, after `repeats` of them were. */
export const ownShare = (share: number, repeats: number): number =>
  (shareWeight * share + repeats) / (shareWeight + repeats)

/** A time in days as a part of a Weibull scale, raised to its shape: the mean of renewals is 1. */
export const elapsed = (days: number, scaleDays: number, shape: number): number => (days / scaleDays) ** shape
