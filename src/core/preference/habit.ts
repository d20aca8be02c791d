import { type ArtifactContent, halfLifeOf, tensorValues, writeHalfLife } from "../artifact/artifact.ts"
import type { ItemIndex } from "../artifact/item-index.ts"
import { readItems, writeItems } from "../artifact/item-index.ts"
import type { History } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import { fade } from "./confidences.ts"
import { addScore, type SparseScores } from "./sparse-scores.ts"

/** Purchase frequencies weighted by how often each item is bought again. */
export interface HabitWeights {
  /** Half-life of a purchase's weight, in days; `null`: it does not fade. */
  halfLifeDays: number | null
  /** Share of each item's buyers who bought it again, smoothed; one value an item. */
  rebuyRate: Float32Array
}

/** Adds the customer's own purchase frequency, faded by age, net of returns, times the item's rebuy rate. */
export function scoreHabit(
  { halfLifeDays, rebuyRate }: HabitWeights,
  history: History,
  items: ItemIndex,
  nowMs: number,
  out: SparseScores,
): void {
  for (const [itemId, item] of Object.entries(history.items)) {
    const row = items.indexOf.get(itemId)
    if (row === undefined || item.purchases === 0) continue
    const kept = netPurchases(item) / item.purchases
    let frequency = 0
    for (const at of item.purchaseTimes) frequency += fade(nowMs - at, halfLifeDays)
    addScore(out, row, kept * frequency * rebuyRate[row]!)
  }
}

export const writeHabit = ({ halfLifeDays, rebuyRate }: HabitWeights, items: ItemIndex): ArtifactContent => ({
  metadata: { model: "habit", items: writeItems(items), ...writeHalfLife(halfLifeDays) },
  tensors: { rebuyRate: { dtype: "F32", shape: [rebuyRate.length], data: rebuyRate } },
})

export const readHabit = (content: ArtifactContent): HabitWeights => ({
  halfLifeDays: halfLifeOf(content),
  rebuyRate: tensorValues(content, "rebuyRate", "F32", [readItems(content).length]),
})
