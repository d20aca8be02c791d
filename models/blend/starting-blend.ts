import { type BlendWeights, linearBlend } from "../../src/core/preference/blend.ts"

/** The blend for data too small to fit a ranker on. */
export const startingBlend: BlendWeights = {
  allowed: linearBlend({
    factors: 0.2,
    coOccurrence: 0.2,
    sessionCoOccurrence: 0.1,
    transitions: 0.05,
    content: 0.05,
    habit: 0.3,
    popularity: 0.1,
  }),
  excluded: linearBlend({
    factors: 0.3,
    coOccurrence: 0.35,
    sessionCoOccurrence: 0.1,
    transitions: 0.05,
    content: 0.1,
    popularity: 0.1,
  }),
}
