import type { ConfidenceWeights } from "../../src/core/preference/confidences.ts"
import type { HabitParameters } from "../habit/fit.ts"
import type { NeighborParameters } from "../neighbors/fit.ts"
import type { PopularityParameters } from "../popularity/fit.ts"
import type { PreferenceParameters } from "../preference/parameters.ts"
import { type RecipeParameters, startingRecipes } from "../recipes/fit-recipes.ts"
import type { SessionFitParameters } from "../sessions/fit.ts"

/** Parameters of every model's fit; the search chooses them, the manifest keeps them. */
export interface Configuration {
  confidence: ConfidenceWeights
  preference: PreferenceParameters
  neighbors: NeighborParameters
  sessions: SessionFitParameters
  habit: HabitParameters
  popularity: PopularityParameters
  /** Absent in the manifests of releases that had none. */
  recipes?: RecipeParameters
}

/** Returns the configuration that every search starts from. */
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
    coOccurrence: {
      edgesPerItem: 200,
      customerExponent: 1,
      sourceExponent: 0.75,
      targetExponent: 0.5,
      distanceExponent: 1,
      backward: 1,
      pairHalfLifeDays: 60,
    },
    slim: null,
    transitions: {
      maxSteps: 20,
      recencyShare: 0.5,
      sourceExponent: 0.5,
      backward: 0.5,
      followedEdges: 100,
      edgesPerItem: 200,
    },
    spectral: { dimensions: 96, edgesPerItem: 100, maxItems: 25_000 },
    contentEdgesPerItem: 100,
    halfLifeDays: 120,
    decays: {
      sessionCoOccurrence: 0.8,
      transitions: 0.5,
      directTransitions: 0.5,
      twoStepTransitions: 0.6,
      spectral: 0.6,
      content: 0.7,
    },
  },
  sessions: {
    queryDecay: 0.65,
    matchDecay: 0.75,
    rarityExponent: 1,
    lengthExponent: 0.35,
    distanceDecay: 0.78,
    backward: 0.6,
    self: 1,
    neighbors: 1000,
    recencyShare: 0.5,
    maxSequences: 300_000,
  },
  habit: { halfLifeDays: 120, windowDays: 30, priorBuyers: 20 },
  popularity: { halfLifeDays: 15, firstOrderPrior: 0.5 },
  recipes: startingRecipes,
})
