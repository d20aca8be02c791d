import { type Blend, linearBlend } from "../../src/core/preference/blend.ts"
import { absentLog, featureWidth, partFeatures } from "../../src/core/preference/features.ts"
import { type PartName, partNames, type Repeats } from "../../src/core/preference/parts.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import type { Release } from "../../src/core/preference/release.ts"
import type { Trial } from "../train/coordinate-search.ts"
import { fitRanker, type RankerParameters } from "./fit-ranker.ts"
import { fitWeights } from "./fit-weights.ts"
import { type RankingLists, rankerQuality } from "./ranking-lists.ts"
import { startingBlend } from "./starting-blend.ts"

/** The parts that have something to say in a release. */
export function speakingParts({ neighbors, sessions }: Release, repeats: Repeats): PartName[] {
  const { graphs } = neighbors
  return partNames.filter((part) => {
    if (part === "habit") return repeats === "allowed"
    if (part === "sessions") return sessions.rows.length > 0
    if (part === "intent") return graphs.together.targets.length > 0
    return part === "factors" || part === "popularity" || graphs[part].targets.length > 0
  })
}

/** Proposes candidates by these parts, with the starting weights. */
export function proposingBlend(
  parts: readonly PartName[],
  repeats: Repeats,
  size: { depth: number; most: number },
): Blend {
  const { parts: weighed, linear } = startingBlend[repeats]
  const weights = Object.fromEntries(parts.map((part) => [part, linear[3 * weighed.indexOf(part) + 1] ?? 0]))
  return linearBlend(weights, size)
}

/** Too few lists say nothing of how parts add up. */
const fewestLists = 50
/** More tell a handful of weights nothing new. */
const mostWeighed = 15_000

/** A way to learn how parts add up from the lists of some windows. */
interface Teaching {
  changed: Readonly<Record<string, unknown>>
  fit: (...taught: readonly RankingLists[]) => RankerWeights
}

/** Makes a part's features those of a part that says nothing. */
const hidePart = (part: number) => (features: Float32Array, width: number) => {
  for (let at = part * partFeatures; at < features.length; at += width) features.set([absentLog, 0, 0], at)
}

/** Tries rankers, and plain weights, taught by earlier questions on later ones, then, if the judged may teach, teaches the best by both; the starting weights stand if nothing beats them. Says what each trial reached, and what the best loses without each part. */
export function chooseBlend(
  start: Blend,
  taught: RankingLists,
  judged: RankingLists,
  variants: readonly RankerParameters[],
  judgedTeach: boolean,
  { onTrial, onLoss }: { onTrial: (trial: Trial) => void; onLoss: (trial: Trial) => void },
): Blend {
  const width = featureWidth(start.parts)
  const weighing: Teaching = {
    changed: { ranker: "weights of parts" },
    fit: (...lists) => fitWeights(lists.flatMap(({ whole }) => whole).slice(0, mostWeighed), start.parts),
  }
  const rankers = variants.map(
    (parameters): Teaching => ({
      changed: { ...parameters },
      fit: (...lists) =>
        fitRanker(
          lists.flatMap(({ thinned }) => thinned),
          width,
          parameters,
        ),
    }),
  )
  let best: { quality: number; teaching: Teaching | null; weights: RankerWeights } = {
    quality: rankerQuality(start, judged),
    teaching: null,
    weights: start,
  }
  onTrial({ changed: { ranker: "starting weights" }, quality: best.quality })
  if (taught.thinned.length < fewestLists || judged.whole.length < fewestLists) return start
  for (const teaching of [weighing, ...rankers]) {
    const weights = teaching.fit(taught)
    const quality = rankerQuality(weights, judged)
    onTrial({ changed: teaching.changed, quality })
    if (quality > best.quality) best = { quality, teaching, weights }
  }
  start.parts.forEach((part, n) => {
    onLoss({ changed: { without: part }, quality: rankerQuality(best.weights, judged, hidePart(n)) })
  })
  if (best.teaching === null) return start
  return { ...start, ...(judgedTeach ? best.teaching.fit(taught, judged) : best.teaching.fit(taught)) }
}
