import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import type { History, ItemHistory } from "../../src/core/history/history.ts"
import { netPurchases } from "../../src/core/history/net-purchases.ts"
import { type ConfidenceWeights, fade } from "../../src/core/preference/confidences.ts"
import type { PopularityWeights } from "../../src/core/preference/popularity.ts"

export interface PopularityParameters {
  halfLifeDays: number | null
  /** Share of overall popularity mixed into that of first orders. */
  firstOrderPrior: number
}

/** Counts customers an item, each once however much they did, faded by age before `untilMs`; apart, those of first orders. */
export function fitPopularity(
  histories: readonly History[],
  items: ItemIndex,
  kinds: ConfidenceWeights,
  untilMs: number,
  { halfLifeDays, firstOrderPrior }: PopularityParameters,
): Pick<PopularityWeights, "overall" | "firstOrder"> {
  const overall = new Float64Array(items.ids.length)
  const first = new Float64Array(items.ids.length)
  for (const history of histories) {
    const firstOrderAt = earliestPurchase(history)
    for (const [itemId, item] of Object.entries(history.items)) {
      const row = items.indexOf.get(itemId)
      if (row === undefined) continue
      overall[row]! += interest(item, kinds) * fade(untilMs - item.lastAt, halfLifeDays)
      if (item.purchaseTimes[0] === firstOrderAt && firstOrderAt !== Infinity) {
        first[row]! += fade(untilMs - firstOrderAt, halfLifeDays)
      }
    }
  }
  return { overall: shares(overall), firstOrder: mix(shares(first), shares(overall), firstOrderPrior) }
}

const interest = (item: ItemHistory, { view, cart, purchase }: ConfidenceWeights): number =>
  netPurchases(item) > 0 ? purchase : item.purchases > 0 ? 0 : item.carts > 0 ? cart : item.views > 0 ? view : 0

const earliestPurchase = (history: History): number =>
  Object.values(history.items).reduce(
    (earliest, item) => Math.min(earliest, item.purchaseTimes[0] ?? Infinity),
    Infinity,
  )

function shares(counts: Float64Array): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return Float32Array.from(counts, (count) => (total > 0 ? count / total : 0))
}

const mix = (a: Float32Array, b: Float32Array, ofB: number): Float32Array =>
  a.map((value, row) => (1 - ofB) * value + ofB * b[row]!)
