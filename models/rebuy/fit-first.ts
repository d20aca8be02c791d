import { fitLogistic } from "../../src/core/measure/logistic-regression.ts"
import { firstTimeColumns, firstTimeFeatures } from "../../src/core/repurchase/rebuy-features.ts"
import { visitsOf } from "../../src/core/repurchase/visits.ts"
import { below, type Random } from "../random.ts"
import type { TrainingSnapshot } from "./training-snapshot.ts"

/** Examples in columns; `weight` says how many a drawn one stands for. */
export interface FirstPurchaseExamples {
  columns: Float64Array[]
  target: Uint8Array
  weight: Float64Array
  /** Customer of each example, by place among its snapshot's customers. */
  customer: number[]
}

/** Items that those who order within the horizon had never bought, and whether they buy them: every yes up to a share, and negatives drawn at random. */
export function firstPurchaseExamples(
  snapshots: readonly TrainingSnapshot[],
  most: number,
  random: Random,
): FirstPurchaseExamples {
  const orderers = snapshots.reduce((sum, { outcomes }) => sum + outcomes.filter(({ ordered }) => ordered).length, 0)
  const drawn = Math.max(1, Math.ceil(most / Math.max(1, orderers)))
  const rows: number[][] = []
  const target: number[] = []
  const weight: number[] = []
  const whose: number[] = []
  for (const { histories, outcomes, items, statistics } of snapshots) {
    histories.forEach((history, customer) => {
      const { ordered, bought } = outcomes[customer]!
      const visits = visitsOf(history)
      if (!ordered || visits.times.length === 0) return
      const isNew = (id: string) => !Object.hasOwn(history.items, id) || history.items[id]!.purchaseTimes.length === 0
      const add = (itemId: string, yes: boolean, of: number) => {
        rows.push(firstTimeFeatures(visits, { items, statistics }, itemId))
        target.push(yes ? 1 : 0)
        weight.push(of)
        whose.push(customer)
      }
      const wanted = [...bought].filter((id) => isNew(id) && items.indexOf.has(id))
      const kept = Math.min(1, drawn / Math.max(1, wanted.length))
      for (const itemId of wanted) if (random() < kept) add(itemId, true, 1 / kept)
      const negatives = items.ids.length - Object.keys(history.items).length - wanted.length
      for (let n = 0; n < drawn && items.ids.length > 0; n++) {
        const itemId = items.ids[below(random, items.ids.length)]!
        if (isNew(itemId) && !bought.has(itemId)) add(itemId, false, Math.max(1, negatives) / drawn)
      }
    })
  }
  return {
    columns: firstTimeColumns.map((_, n) => Float64Array.from(rows, (row) => row[n]!)),
    target: Uint8Array.from(target),
    weight: Float64Array.from(weight),
    customer: whose,
  }
}

/** Fits P(buys for the first time | orders) by logistic regression: the intercept, then one weight a feature. */
export function fitFirst({ columns, target, weight }: FirstPurchaseExamples): Float64Array {
  const { intercept, coefficients } = fitLogistic(columns, target, { weights: weight, ridge: 1 })
  return Float64Array.of(intercept, ...coefficients)
}
