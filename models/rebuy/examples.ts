import {
  customerColumns,
  customerFeatures,
  pairWidth,
  writePairFeatures,
} from "../../src/core/repurchase/rebuy-features.ts"
import { visitsOf } from "../../src/core/repurchase/visits.ts"
import type { Random } from "../random.ts"
import type { Examples } from "./fit-trees.ts"
import type { Outcome } from "./outcomes.ts"
import type { TrainingSnapshot } from "./training-snapshot.ts"

/** Every customer who ever ordered, and whether they order within the horizon. */
export function orderExamples(snapshots: readonly TrainingSnapshot[]): Examples {
  const width = customerColumns.length
  const rows: Float32Array[] = []
  const target: number[] = []
  for (const { histories, outcomes, horizonMs, cut } of snapshots) {
    histories.forEach((history, customer) => {
      const visits = visitsOf(history)
      if (visits.times.length === 0) return
      rows.push(customerFeatures(visits, horizonMs, cut))
      target.push(outcomes[customer]!.ordered ? 1 : 0)
    })
  }
  return { width, features: joined(rows, width), target: Uint8Array.from(target) }
}

export interface PairSampling {
  /** Selects customers by their outcome. */
  of: (outcome: Outcome) => boolean
  /** Negatives to be learnt from at most, over all snapshots. */
  maxNegatives: number
  random: Random
}

/** Returns examples of repurchase: every positive, and a weighted sample of the negatives. */
export function pairExamples(
  snapshots: readonly TrainingSnapshot[],
  { of, maxNegatives, random }: PairSampling,
): Examples {
  const negatives = snapshots.reduce((sum, snapshot) => sum + countNegatives(snapshot, of), 0)
  const share = Math.min(1, maxNegatives / Math.max(1, negatives))
  const rows: Float32Array[] = []
  const target: number[] = []
  const weight: number[] = []
  for (const snapshot of snapshots) {
    snapshot.histories.forEach(({ items }, index) => {
      const outcome = snapshot.outcomes[index]!
      if (!of(outcome)) return
      const visits = visitsOf({ items })
      const customer = customerFeatures(visits, snapshot.horizonMs, snapshot.cut)
      for (const itemId in items) {
        const item = items[itemId]!
        const yes = outcome.bought.has(itemId)
        if (item.purchaseTimes.length === 0 || (!yes && random() >= share)) continue
        const row = new Float32Array(pairWidth)
        writePairFeatures({ customer, visits, item, itemId }, snapshot, snapshot.cut, row, 0)
        rows.push(row)
        target.push(yes ? 1 : 0)
        weight.push(yes ? 1 : 1 / share)
      }
    })
  }
  return {
    width: pairWidth,
    features: joined(rows, pairWidth),
    target: Uint8Array.from(target),
    weight: Float32Array.from(weight),
  }
}

function countNegatives({ histories, outcomes }: TrainingSnapshot, of: PairSampling["of"]): number {
  let negatives = 0
  histories.forEach(({ items }, index) => {
    const outcome = outcomes[index]!
    if (!of(outcome)) return
    for (const itemId in items) if (items[itemId]!.purchaseTimes.length > 0 && !outcome.bought.has(itemId)) negatives++
  })
  return negatives
}

function joined(rows: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, n) => {
    all.set(row, n * width)
  })
  return all
}
