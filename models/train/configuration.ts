import type { BlendWeights } from "../../src/core/preference/blend.ts"
import type { ConfidenceWeights } from "../../src/core/preference/confidences.ts"
import type { HabitParameters } from "../habit/fit.ts"
import type { NeighborParameters } from "../neighbors/fit.ts"
import type { PopularityParameters } from "../popularity/fit.ts"
import type { PreferenceParameters } from "../preference/parameters.ts"

/** Everything a fit is told; the search changes it, the manifest keeps it. */
export interface Configuration {
  confidence: ConfidenceWeights
  preference: PreferenceParameters
  neighbors: NeighborParameters
  habit: HabitParameters
  popularity: PopularityParameters
  blend: BlendWeights
}

/** Where every search starts, whatever the data. */
export const startingConfiguration = (seed: number): Configuration => ({
  confidence: { view: 0.3, cart: 0.6, purchase: 1, halfLifeDays: 60 },
  preference: {
    dimensions: 64,
    sweeps: 8,
    seed,
    regularization: 0.003,
    unobservedWeight: 0.3,
    frequencyExponent: 1,
  },
  neighbors: {
    arrows: 200,
    customerExponent: 1,
    sourceExponent: 0.75,
    targetExponent: 0.5,
    distanceExponent: 1,
    backward: 1,
    pairHalfLifeDays: 60,
    halfLifeDays: 120,
    intentDecay: 0.8,
  },
  habit: { halfLifeDays: 120, windowDays: 30, priorBuyers: 20 },
  popularity: { halfLifeDays: 15, firstOrderPrior: 0.5 },
  blend: {
    allowed: { factors: 0.25, neighbors: 0.25, intent: 0.1, habit: 0.3, popularity: 0.1 },
    excluded: { factors: 0.35, neighbors: 0.4, intent: 0.15, habit: 0, popularity: 0.1 },
  },
})
