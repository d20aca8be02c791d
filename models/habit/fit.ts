import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import type { History } from "../../src/core/history/history.ts"
import { netPurchases } from "../../src/core/history/net-purchases.ts"
import type { HabitWeights } from "../../src/core/preference/habit.ts"
import { dayMs } from "../../src/core/time/durations.ts"

export interface HabitParameters {
  halfLifeDays: number | null
  /** The latest days, of which the rate is learnt. */
  windowDays: number
  /** Prior weight, in average buyers, for smoothing each item's rate. */
  priorBuyers: number
}

/** For each item, of its earlier buyers who ordered within the window before `untilMs`, the share who bought it again in it, smoothed towards that of all items. */
export function fitHabit(
  histories: readonly History[],
  items: ItemIndex,
  untilMs: number,
  { halfLifeDays, windowDays, priorBuyers }: HabitParameters,
): HabitWeights {
  const from = untilMs - windowDays * dayMs
  const buyers = new Float64Array(items.ids.length)
  const again = new Float64Array(items.ids.length)
  for (const { lastOrderAt, items: past } of histories) {
    if (lastOrderAt === null || lastOrderAt < from) continue
    for (const [itemId, item] of Object.entries(past)) {
      const row = items.indexOf.get(itemId)
      const [firstAt, latestAt] = [item.purchaseTimes[0] ?? Infinity, item.purchaseTimes.at(-1) ?? -Infinity]
      if (row === undefined || firstAt >= from || netPurchases(item) <= 0) continue
      buyers[row]! += 1
      if (latestAt >= from) again[row]! += 1
    }
  }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  const average = (sum(again) + 1) / (sum(buyers) + 2)
  const rebuyRate = Float32Array.from(buyers, (n, row) => (again[row]! + priorBuyers * average) / (n + priorBuyers))
  return { halfLifeDays, rebuyRate }
}
