import { identityCalibrator } from "../../src/core/measure/calibrator.ts"
import { candidateFeatureNames, contextFeatureNames } from "../../src/core/propensity/decision-features.ts"
import type { PropensityNetwork } from "../../src/core/propensity/propensity-network.ts"

const inputs = contextFeatureNames.length + 1 + candidateFeatureNames.length
const ones = (length: number) => new Float32Array(length).fill(1)

/** logit = −4 + ½ if the offer is `known` + Σ features + 2 · relu(relu(the fact `age`)); for promotions on the web. */
export const plainNetwork: PropensityNetwork = {
  attributeNames: ["age"],
  rowOf: new Map([["known", 1]]),
  calibrator: identityCalibrator,
  examples: 0,
  known: [{ kind: "promotion", channel: "web", weight: 1 }],
  weights: {
    inputs,
    embedding: 1,
    hidden: [1, 1],
    bias: -4,
    center: new Float32Array(inputs),
    scale: ones(inputs),
    offerVectors: Float32Array.of(0, 0),
    offerBias: Float32Array.of(0, 0.5),
    wide: ones(inputs),
    cross: new Float32Array(inputs),
    first: Float32Array.from({ length: inputs + 1 }, (_, input) => (input === contextFeatureNames.length ? 1 : 0)),
    firstBias: Float32Array.of(0),
    second: Float32Array.of(1),
    secondBias: Float32Array.of(0),
    out: Float32Array.of(2),
  },
}
