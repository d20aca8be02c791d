import { type Blend, linearBlend } from "../../src/core/preference/blend.ts"
import { featureWidth } from "../../src/core/preference/features.ts"
import { type PartName, partNames, type Repeats } from "../../src/core/preference/parts.ts"
import type { Release } from "../../src/core/preference/release.ts"
import type { Trial } from "../train/coordinate-search.ts"
import { fitRanker, type RankerParameters } from "./fit-ranker.ts"
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

/** Tries rankers taught by earlier questions on later ones, then, if the judged may teach, teaches the best by both; the starting weights stand if nothing beats them. */
export function chooseBlend(
  start: Blend,
  taught: RankingLists,
  judged: RankingLists,
  variants: readonly RankerParameters[],
  judgedTeach: boolean,
  onTrial: (trial: Trial) => void,
): Blend {
  const width = featureWidth(start.parts)
  let best: { quality: number; parameters: RankerParameters | null } = {
    quality: rankerQuality(start, judged),
    parameters: null,
  }
  onTrial({ changed: { ranker: "starting weights" }, quality: best.quality })
  if (taught.thinned.length < fewestLists || judged.whole.length < fewestLists) return start
  for (const parameters of variants) {
    const quality = rankerQuality(fitRanker(taught.thinned, width, parameters), judged)
    onTrial({ changed: { ...parameters }, quality })
    if (quality > best.quality) best = { quality, parameters }
  }
  if (best.parameters === null) return start
  const lists = judgedTeach ? [...taught.thinned, ...judged.thinned] : taught.thinned
  return { ...start, ...fitRanker(lists, width, best.parameters) }
}
