import type { OfferedItem } from "./decision-features.ts"
import { attributeFeatures, decisionFeatures, type FeatureQuestion } from "./decision-features.ts"
import { networkWeight, pooledPropensity } from "./pool.ts"
import { type PersonalPrior, type PriorTerms, priorPropensity, priorTerms, responsesOn } from "./prior.ts"
import { networkPropensities, type PropensityNetwork } from "./propensity-network.ts"
import { type AcceptanceCount, isUnconditional, propensity } from "./smoothed-rates.ts"

export interface CandidatePropensity {
  propensity: number
  /** `unconditional`: nobody accepts or refuses it. `rates`: the smoothed rate of its kind and channel, for want of a prior. */
  source: "unconditional" | "rates" | "prior" | "network"
  /** Terms of the personal prior, whatever the source; absent without one. */
  prior?: PriorTerms
  /** In the order of `candidateFeatureNames`. */
  features: Float32Array
}

/**
 * P(accept | offered) of every candidate by the personal prior, or by smoothed rates for want of one, pooled with the network where
 * there is one that knows its kind on this channel; with the features to log.
 */
export function propensitiesOf(
  { prior, ...question }: FeatureQuestion & { prior?: PersonalPrior | null },
  candidates: readonly OfferedItem[],
  network: PropensityNetwork | null,
  counts: readonly AcceptanceCount[],
): { contextFeatures: Float32Array; candidates: CandidatePropensity[] } {
  const { context: contextFeatures, of } = decisionFeatures(question)
  const rows = candidates.map((candidate) => ({ offerId: candidate.offer.id, features: of(candidate) }))
  const predicted =
    network &&
    networkPropensities(
      network,
      contextFeatures,
      attributeFeatures(question.attributes ?? {}, network.attributeNames),
      rows,
    )
  const responseOf = responsesOn(question.channel, counts)
  return {
    contextFeatures,
    candidates: candidates.map((candidate, n) => {
      const { features } = rows[n]!
      const { kind } = candidate.offer
      if (isUnconditional(kind)) return { propensity: 1, source: "unconditional", features }
      const terms = prior && priorTerms(prior, itemIdsOf(candidate), responseOf(kind))
      const logged = { features, ...(terms && { prior: terms }) }
      const before = terms ? priorPropensity(terms) : propensity(kind, question.channel, counts)
      const chance = predicted?.[n]
      const weight = networkWeight(network, kind, question.channel)
      if (chance !== undefined && Number.isFinite(chance) && weight > 0)
        return { propensity: pooledPropensity(chance, before, weight), source: "network", ...logged }
      return { propensity: before, source: terms ? "prior" : "rates", ...logged }
    }),
  }
}

const itemIdsOf = ({ item, slots }: OfferedItem): readonly string[] =>
  slots?.map(({ itemId }) => itemId) ?? (item === undefined ? [] : [item.id])
