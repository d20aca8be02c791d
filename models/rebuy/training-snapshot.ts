import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import { itemIndex } from "../../src/core/artifact/item-index.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../src/core/history/history.ts"
import {
  computeRepurchaseStatistics,
  type RepurchaseStatistics,
} from "../../src/core/repurchase/repurchase-statistics.ts"
import { type Dataset, eventsOf } from "../data/dataset.ts"
import { type Outcome, outcomesOf } from "./outcomes.ts"

/** Histories at a cut, and the outcomes within the horizon after it. */
export interface TrainingSnapshot {
  cut: number
  horizonMs: number
  customerIds: readonly string[]
  histories: readonly History[]
  items: ItemIndex
  statistics: RepurchaseStatistics
  outcomes: readonly Outcome[]
}

/** One snapshot a cut, in the order of `cuts`; each looks at nothing from its cut plus the horizon on, and only its outcomes look past the cut. */
export function trainingSnapshotsAt(
  dataset: Dataset,
  cuts: readonly number[],
  horizonMs: number,
  checkTime: () => void = () => {},
): TrainingSnapshot[] {
  const ascending = [...new Set(cuts)].sort((a, b) => a - b)
  const snapshots = new Map<number, TrainingSnapshot>()
  let [histories, from] = [dataset.customerIds.map(() => emptyHistory), Number.NEGATIVE_INFINITY]
  for (const cut of ascending) {
    checkTime()
    histories = histories.map((history, customer) => fold(history, eventsOf(dataset, customer, { from, until: cut })))
    const items = itemsBought(histories)
    snapshots.set(cut, {
      cut,
      horizonMs,
      customerIds: dataset.customerIds,
      histories,
      items,
      statistics: computeRepurchaseStatistics(histories, items, horizonMs, cut),
      outcomes: outcomesOf(dataset, { from: cut, until: cut + horizonMs }),
    })
    from = cut
  }
  return cuts.map((cut) => snapshots.get(cut)!)
}

/** The items that anybody ever bought. */
function itemsBought(histories: readonly History[]): ItemIndex {
  const ids = new Set<string>()
  for (const { items } of histories) for (const id in items) if (items[id]!.purchases > 0) ids.add(id)
  return itemIndex(ids)
}
