import { purchasesFeature } from "../../src/core/preference/features.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { createRankerKernel } from "../../src/core/preference/ranker-kernel.ts"
import type { ScorerName } from "../../src/core/preference/scorers.ts"
import type { Slot } from "../../src/core/preference/slot.ts"
import { spreadShare } from "../../src/core/preference/spread-share.ts"
import { listAt, longestOf, type PackedLists } from "./packed-lists.ts"

/** Shares that are tried, ascending. */
const shares = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5]
/** The part of the hits without a share that one must keep. */
const leastKept = 0.98
const minLists = 50
const depth = 20

export interface NoveltyShare {
  share: number
  /** Hits of lists of 20, by share. */
  hits: readonly { share: number; hits: number }[]
}

/**
 * Chooses the least share of a list for what its customer never bought: the largest that keeps 98 % of the hits at 20 which the ranker's
 * own order has. `null` where fewer than 50 lists can tell.
 */
export function chooseNoveltyShare(
  weights: RankerWeights,
  scorers: readonly ScorerName[],
  lists: PackedLists,
): NoveltyShare | null {
  if (lists.relevant.length < minLists) return null
  const column = purchasesFeature(scorers)
  const kernel = createRankerKernel(weights.linear.length, weights.bias.length, longestOf([lists]))
  kernel.load(weights)
  const hits = shares.map((share) => ({ share, hits: 0 }))
  for (let list = 0; list < lists.relevant.length; list++) {
    const { features, gains } = listAt(lists, list)
    const scores = kernel.score(features, gains.length)
    const wanted = Array.from(gains, (_, n): Slot => ({ itemId: String(n), score: scores[n]!, reasons: [] }))
    wanted.sort((a, b) => b.score - a.score)
    const isNew = ({ itemId }: Slot) => features[Number(itemId) * lists.width + column] === 0
    const fresh = wanted.filter(isNew)
    for (const trial of hits) {
      const { share } = trial
      const slots = spreadShare(wanted, () => fresh, { share, limit: depth, counts: isNew })
      trial.hits += slots.filter(({ itemId }) => gains[Number(itemId)]! > 0).length
    }
  }
  const least = leastKept * hits[0]!.hits
  return { share: hits.findLast((trial) => trial.hits >= least)!.share, hits }
}
