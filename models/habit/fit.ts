import type { History } from "../../src/core/history/history.ts"
import { netPurchases } from "../../src/core/preference/confidences.ts"
import type { HabitWeights } from "../../src/core/preference/habit.ts"
import type { ItemIndex } from "../../src/core/preference/release.ts"

export interface HabitParameters {
  halfLifeDays: number | null
  /** How many average buyers each item's rate is smoothed with. */
  priorBuyers: number
}

/** For each item the share of its buyers who bought it again, smoothed towards the share of all items. */
export function fitHabit(
  histories: readonly History[],
  items: ItemIndex,
  { halfLifeDays, priorBuyers }: HabitParameters,
): HabitWeights {
  const buyers = new Float64Array(items.ids.length)
  const again = new Float64Array(items.ids.length)
  for (const history of histories) {
    for (const [itemId, item] of Object.entries(history.items)) {
      const row = items.indexOf.get(itemId)
      if (row === undefined || netPurchases(item) <= 0) continue
      buyers[row]! += 1
      if (item.purchases > 1) again[row]! += 1
    }
  }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  const average = (sum(again) + 1) / (sum(buyers) + 2)
  const rebuyRate = Float32Array.from(buyers, (n, row) => (again[row]! + priorBuyers * average) / (n + priorBuyers))
  return { halfLifeDays, rebuyRate }
}
