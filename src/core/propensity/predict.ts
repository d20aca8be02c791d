import type { OfferedItem } from "./decision-features.ts"
import { attributeFeatures, type FeatureQuestion } from "./decision-features.ts"
import { incrementsOf, organicPropensity } from "./increment.ts"
import type { PersonalPrior } from "./prior.ts"
import { type CandidatePropensity, propensitiesOf } from "./propensities.ts"
import type { PropensityNetwork } from "./propensity-network.ts"
import type { AcceptanceCount } from "./smoothed-rates.ts"

/** The models that propensities come from. */
export interface PropensityModels {
  network: PropensityNetwork | null
  /** Network of outcomes with and without an offer; `null` until the randomised decisions suffice. */
  incremental: PropensityNetwork | null
  counts: readonly AcceptanceCount[]
}

export interface Predicted {
  contextFeatures: Float32Array
  candidates: readonly CandidatePropensity[]
  /** P(accepts the same without the offer), one a candidate; `null` where the data cannot say. */
  organic: readonly (number | null)[]
}

interface PredictQuestion extends Omit<FeatureQuestion, "affinity"> {
  affinity: ((itemId: string) => number) | undefined
  prior?: PersonalPrior | null | undefined
}

/** P(accept | offered) of every survivor and, where that is known, how much of it would come anyway; with the features both were computed from. */
export function predict(
  { affinity, prior, ...question }: PredictQuestion,
  survivors: readonly { candidate: OfferedItem }[],
  { network, incremental, counts }: PropensityModels,
): Predicted {
  const candidates = survivors.map(({ candidate }) => candidate)
  const found = propensitiesOf(
    { ...question, ...(affinity && { affinity }), ...(prior && { prior }) },
    candidates,
    network,
    counts,
  )
  if (incremental === null) return { ...found, organic: candidates.map(() => null) }
  const rows = candidates.map(({ offer }, n) => ({ offerId: offer.id, features: found.candidates[n]!.features }))
  const attributes = attributeFeatures(question.attributes ?? {}, incremental.attributeNames)
  const increments = incrementsOf(incremental, found.contextFeatures, attributes, rows)
  const isKnown = ({ offer }: OfferedItem) =>
    incremental.known.some(({ kind, channel }) => kind === offer.kind && channel === question.channel)
  return {
    ...found,
    organic: candidates.map((candidate, n) => {
      const { propensity, source } = found.candidates[n]!
      if (source === "unconditional" || !isKnown(candidate)) return null
      const organic = organicPropensity(propensity, increments[n]!)
      return Number.isFinite(organic) ? organic : null
    }),
  }
}
