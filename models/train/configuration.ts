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
  confidence: { view: 0.3, cart: 0.6, purchase: 1, halfLifeDays: null },
  preference: {
    dimensions: 64,
    sweeps: 8,
    seed,
    regularization: 0.01,
    unobservedWeight: 0.1,
    frequencyExponent: 1,
  },
  neighbors: {
    arrows: 100,
    customerExponent: 0.5,
    sourceExponent: 0.5,
    targetExponent: 0.5,
    distanceExponent: 0.5,
    backward: 1,
    halfLifeDays: 180,
    intentDecay: 0.8,
  },
  habit: { halfLifeDays: 90, priorBuyers: 20 },
  popularity: { halfLifeDays: 30, firstOrderPrior: 0.5 },
  blend: {
    allowed: { factors: 0.25, neighbors: 0.25, intent: 0.1, habit: 0.3, popularity: 0.1 },
    excluded: { factors: 0.35, neighbors: 0.4, intent: 0.15, habit: 0, popularity: 0.1 },
  },
})
