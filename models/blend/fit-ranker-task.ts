import type { Blend } from "../../src/core/preference/blend.ts"
import { absentLog, featuresPerScorer, featureWidth } from "../../src/core/preference/features.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import { fitRanker, type RankerParameters } from "./fit-ranker.ts"
import { fitWeights } from "./fit-weights.ts"
import { type RankingLists, rankerQuality } from "./ranking-lists.ts"

/** A way to combine the scorers' scores: one weight each, or a network. */
export type RankerMethod = "scorer weights" | RankerParameters

/** Ranking lists of one repeat policy: those of the earlier windows fit, those of the later ones validate. */
export interface RankerDataset {
  start: Blend
  train: RankingLists
  validation: RankingLists
}

/** Fits on `train` and validates; fits on both; or validates without one scorer. Tasks do not depend on each other. */
export type RankerTask =
  | { kind: "validate"; repeats: Repeats; method: RankerMethod }
  | { kind: "refit"; repeats: Repeats; method: RankerMethod }
  | { kind: "ablate"; repeats: Repeats; weights: RankerWeights; scorer: number }

export interface RankerTaskResult {
  /** `null` for an ablation. */
  weights: RankerWeights | null
  /** NDCG@20 on `validation`; `null` for a refit, which has seen it. */
  quality: number | null
}

/** Runs a task on its dataset. */
export function runRankerTask(
  task: RankerTask,
  { start, train, validation }: RankerDataset,
  hasTime: () => boolean,
): RankerTaskResult {
  if (task.kind === "ablate")
    return { weights: null, quality: rankerQuality(task.weights, validation, ablateScorer(task.scorer)) }
  const lists = task.kind === "validate" ? [train] : [train, validation]
  const weights = fitBy(task.method, start, lists, hasTime)
  return { weights, quality: task.kind === "validate" ? rankerQuality(weights, validation) : null }
}

function fitBy(
  method: RankerMethod,
  { scorers }: Blend,
  lists: readonly RankingLists[],
  hasTime: () => boolean,
): RankerWeights {
  if (method === "scorer weights") {
    return fitWeights(
      lists.map(({ full }) => full),
      scorers,
      hasTime,
    )
  }
  return fitRanker(
    lists.map(({ sampled }) => sampled),
    featureWidth(scorers),
    method,
  )
}

/** Estimates the multiplications that fitting a network takes; 0 for everything else. */
export function multiplicationsOf(task: RankerTask, { train, validation }: RankerDataset): number {
  if (task.kind === "ablate" || task.method === "scorer weights") return 0
  const { epochs, hidden } = task.method
  const values = train.sampled.features.length + (task.kind === "refit" ? validation.sampled.features.length : 0)
  return 2 * epochs * (hidden + 1) * values
}

/** Sets a scorer's features to those of a scorer that scored nothing. */
const ablateScorer = (scorer: number) => (features: Float32Array, width: number) => {
  for (let at = scorer * featuresPerScorer; at < features.length; at += width) features.set([absentLog, 0, 0], at)
}
