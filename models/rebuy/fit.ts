import type { Rebuy } from "../../src/core/repurchase/rebuy.ts"
import type { Dataset } from "../data/dataset.ts"
import { createRandom, hash32 } from "../random.ts"
import { averageTrees } from "./average-trees.ts"
import { calibrateComponents } from "./calibrate-components.ts"
import { certify, type RebuyCertificate } from "./certify.ts"
import { orderExamples, pairExamples } from "./examples.ts"
import { firstPurchaseExamples, fitFirst } from "./fit-first.ts"
import { fitTrees, type TreeParameters } from "./fit-trees.ts"
import type { Outcome } from "./outcomes.ts"
import type { RebuyComponents } from "./rebuy-components.ts"
import { sampleCustomers } from "./sample-customers.ts"
import { type TrainingSnapshot, trainingSnapshotsAt } from "./training-snapshot.ts"

export interface RebuyParameters {
  orders: Omit<TreeParameters, "seed">
  again: Omit<TreeParameters, "seed">
  /** Draws of negatives that are each learnt from, to be averaged: a draw alone leaves much to chance. */
  draws: number
  /** Cuts that are learnt from, half a horizon apart. */
  snapshots: number
  /** Negatives of what was bought before that a draw learns from at most, over all snapshots. */
  maxNegatives: number
  /** Customers learnt from at most, spread evenly over all. */
  maxCustomers: number
  /** Asked between units of work; may throw. */
  checkTime?: () => void
}

export const rebuyParameters: RebuyParameters = {
  orders: { trees: 80, depth: 3, learningRate: 0.08, smoothing: 5, rowShare: 0.6, columnShare: 0.5 },
  again: { trees: 90, depth: 5, learningRate: 0.1, smoothing: 5, rowShare: 0.4, columnShare: 0.5 },
  draws: 2,
  snapshots: 8,
  maxNegatives: 50_000,
  maxCustomers: 20_000,
}

/** Learns the components from snapshots alone. */
function fitComponents(
  snapshots: readonly TrainingSnapshot[],
  { orders, again, draws, maxNegatives, checkTime = () => {} }: RebuyParameters,
  seed: number,
): RebuyComponents {
  const random = createRandom(seed, 5)
  const pairs = { of: ({ ordered }: Outcome) => ordered, maxNegatives, random }
  const fitAgain = (_: unknown, draw: number) =>
    fitTrees(pairExamples(snapshots, pairs), { ...again, checkTime, seed: hash32(seed, draw) })
  return {
    orders: fitTrees(orderExamples(snapshots), { ...orders, checkTime, seed }),
    again: averageTrees(Array.from({ length: draws }, fitAgain)),
    first: fitFirst(firstPurchaseExamples(snapshots, maxNegatives, random)),
  }
}

export interface FittedRebuy {
  rebuy: Rebuy
  /** Snapshots that `rebuy` was fitted on, the latest first. */
  snapshots: readonly TrainingSnapshot[]
  certificate: RebuyCertificate
}

/**
 * Three successive windows: fitted on what ended before the second last, calibrated on that, certified on the last. Then the same one
 * window on: fitted on everything, and calibrated by what the fit before said of the last window, which it had not seen. `null` where
 * the past is shorter than four horizons. Nothing from `until` on is looked at.
 */
export function fitRebuy(
  dataset: Dataset,
  {
    until,
    horizonMs,
    seed = 1,
    parameters = rebuyParameters,
  }: {
    until: number
    horizonMs: number
    seed?: number
    parameters?: RebuyParameters
  },
): FittedRebuy | null {
  const lastCut = until - horizonMs
  const most = parameters.snapshots + 4
  const cuts = Array.from({ length: most }, (_, n) => lastCut - (n * horizonMs) / 2)
  const known = cuts.filter((cut) => cut >= dataset.firstAt + horizonMs)
  if (known.length < 5) return null
  const some = sampleCustomers(dataset, parameters.maxCustomers)
  const [now, ...snapshots] = trainingSnapshotsAt(some, [until, ...known], horizonMs, parameters.checkTime) as [
    TrainingSnapshot,
    ...TrainingSnapshot[],
  ]
  const [certifying, calibrating] = [snapshots[0]!, snapshots[2]!]
  const fitFrom = (first: number) =>
    fitComponents(snapshots.slice(first, first + parameters.snapshots), parameters, seed)
  const earlier = calibrateComponents(fitFrom(4), calibrating, createRandom(seed, 7))
  const before = fitFrom(2)
  const later = calibrateComponents(before, certifying, createRandom(seed, 8))
  const { items, statistics } = certifying
  return {
    certificate: certify({ ...before, calibrators: earlier, horizonMs, items, statistics }, certifying),
    rebuy: { ...fitFrom(0), calibrators: later, horizonMs, items: now.items, statistics: now.statistics },
    snapshots: snapshots.slice(0, parameters.snapshots),
  }
}
