import type { Blend } from "../../src/core/preference/blend.ts"
import { absentLog, featuresPerScorer, featureWidth } from "../../src/core/preference/features.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import { fitRanker, type RankerParameters } from "./fit-ranker.ts"
import { fitWeights } from "./fit-weights.ts"
import type { PackedLists } from "./packed-lists.ts"
import { type RankingLists, rankerQuality } from "./ranking-lists.ts"

/** How scorers are taught to add up: by weights alone, or by a network. */
export type Teaching = "weights of scorers" | RankerParameters

/** Questions of a repeat policy: those of the earlier window teach, those of the later judge. */
export interface Lesson {
  start: Blend
  taught: RankingLists
  judged: RankingLists
}

/** Something to be done with lessons; tasks do not depend on each other. */
export type TeachingTask =
  | { kind: "try"; repeats: Repeats; teaching: Teaching }
  | { kind: "teach"; repeats: Repeats; teaching: Teaching }
  | { kind: "lose"; repeats: Repeats; weights: RankerWeights; scorer: number }

export interface Taught {
  /** `null` for a task that only measures. */
  weights: RankerWeights | null
  /** NDCG@20 on what judges; `null` where that taught too. */
  quality: number | null
}

/** Does a task: tries a teaching on the earlier questions, teaches by all, or measures what is lost without a scorer. */
export function teach(task: TeachingTask, { start, taught, judged }: Lesson, hasTime: () => boolean): Taught {
  if (task.kind === "lose")
    return { weights: null, quality: rankerQuality(task.weights, judged, hidePart(task.scorer)) }
  const weights = weightsBy(task.teaching, start, task.kind === "try" ? [taught] : [taught, judged], hasTime)
  return { weights, quality: task.kind === "try" ? rankerQuality(weights, judged) : null }
}

const weightsBy = (
  teaching: Teaching,
  { scorers }: Blend,
  lists: readonly RankingLists[],
  hasTime: () => boolean,
): RankerWeights =>
  teaching === "weights of scorers"
    ? fitWeights(wholeOf(lists), scorers, hasTime)
    : fitRanker(thinnedOf(lists), featureWidth(scorers), teaching)

const wholeOf = (lists: readonly RankingLists[]): PackedLists[] => lists.map(({ whole }) => whole)
const thinnedOf = (lists: readonly RankingLists[]): PackedLists[] => lists.map(({ thinned }) => thinned)

/** Multiplications that teaching a network takes, about; 0 for everything else. */
export function workOf(task: TeachingTask, { taught, judged }: Lesson): number {
  if (task.kind === "lose" || task.teaching === "weights of scorers") return 0
  const { epochs, hidden } = task.teaching
  const values = taught.thinned.features.length + (task.kind === "teach" ? judged.thinned.features.length : 0)
  return 2 * epochs * (hidden + 1) * values
}

/** Makes a scorer's features those of a scorer that says nothing. */
const hidePart = (scorer: number) => (features: Float32Array, width: number) => {
  for (let at = scorer * featuresPerScorer; at < features.length; at += width) features.set([absentLog, 0, 0], at)
}
