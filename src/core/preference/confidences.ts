import type { ItemIndex } from "../artifact/item-index.ts"
import type { History, ItemHistory } from "../history/history.ts"
import { isSentBack, netPurchases } from "../history/net-purchases.ts"
import { dayMs } from "../time/durations.ts"
import type { Interactions } from "./factors.ts"

/** Weight of each kind of interaction, and its half-life in days (`null`: it does not fade). */
export interface ConfidenceWeights {
  view: number
  cart: number
  purchase: number
  halfLifeDays: number | null
}

export const defaultConfidenceWeights: ConfidenceWeights = { view: 0.3, cart: 0.6, purchase: 1, halfLifeDays: null }

/** A history's interactions with the items of a release: rows ascending, times in milliseconds. */
export interface TimedInteractions extends Interactions {
  readonly lastAt: Float64Array
}

/** Confidence grows with the logarithm of what was done, so that no single customer or habit dominates. */
export function confidencesOf(history: History, items: ItemIndex, weights: ConfidenceWeights): TimedInteractions {
  const found: { row: number; confidence: number; lastAt: number }[] = []
  const latest = history.lastAt ?? 0
  for (const [itemId, item] of Object.entries(history.items)) {
    const row = items.indexOf.get(itemId)
    if (row === undefined) continue
    const confidence = strength(item, weights) * fade(latest - item.lastAt, weights.halfLifeDays)
    if (confidence > 1e-6) found.push({ row, confidence, lastAt: item.lastAt })
  }
  found.sort((a, b) => a.row - b.row)
  return {
    index: Int32Array.from(found, ({ row }) => row),
    confidence: Float32Array.from(found, ({ confidence }) => confidence),
    lastAt: Float64Array.from(found, ({ lastAt }) => lastAt),
  }
}

/** The share of a weight left after `ageMs`, halved every `halfLifeDays`. */
export const fade = (ageMs: number, halfLifeDays: number | null): number =>
  halfLifeDays === null ? 1 : 2 ** (-Math.max(0, ageMs) / (halfLifeDays * dayMs))

function strength(item: ItemHistory, { view, cart, purchase }: ConfidenceWeights): number {
  if (isSentBack(item)) return 0
  const net = netPurchases(item)
  return purchase * Math.log2(1 + net) + cart * Math.log2(1 + item.carts) + view * Math.log2(1 + item.views)
}
