import { beforeAll, describe, expect, test } from "vitest"
import type { PropensityExample } from "../../models/propensity/examples.ts"
import { fitPropensity, type PropensityFit } from "../../models/propensity/fit.ts"
import { fitIncremental } from "../../models/propensity/fit-incremental.ts"
import { fitNetwork, logitTensor } from "../../models/propensity/fit-network.ts"
import { defaultNetworkParameters } from "../../models/propensity/parameters.ts"
import { selectionWeights } from "../../models/propensity/selection-weights.ts"
import { createRandom, normal } from "../../models/random.ts"
import { openTensorFlow } from "../../models/workers/tensorflow.ts"
import { sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { candidateFeatureNames, contextFeatureNames } from "../../src/core/propensity/decision-features.ts"
import { incrementsOf } from "../../src/core/propensity/increment.ts"
import { readPropensity, writePropensity } from "../../src/core/propensity/propensity-artifact.ts"
import { networkLogits, networkPropensities, nothingId } from "../../src/core/propensity/propensity-network.ts"
import { decodeSafetensors, encodeSafetensors } from "../../src/store/releases/safetensors.ts"

const situationSize = contextFeatureNames.length
const inputs = situationSize + candidateFeatureNames.length
const none = new Float32Array(0)
const parameters = defaultNetworkParameters

/** Even offers please customers whose first feature is high, odd ones those whose is low. */
const chanceOf = (features: Float32Array, offer: number) =>
  sigmoid(-1.5 + (offer % 2 === 0 ? 1.5 : -1.5) * features[0]! + 0.5 * features[1]!)

function logOf(count: number, chance: typeof chanceOf, seed = 5): PropensityExample[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, n) => {
    const features = Float32Array.from({ length: inputs }, (_, column) => (column < 6 ? normal(random) : 0))
    const offer = Math.floor(random() * 4)
    return {
      customerId: `c${n % 1500}`,
      at: n,
      offerId: `o${offer}`,
      kind: "promotion",
      channel: "web",
      features,
      accepted: random() < chance(features, offer),
      probability: 0.25,
    }
  })
}

describe("the propensity network", () => {
  let fit: PropensityFit
  beforeAll(async () => {
    fit = await fitPropensity(logOf(6000, chanceOf), [], [parameters])
  })

  test("takes over where it predicts later decisions better than what is believed without it", () => {
    expect(fit.blockedBecause).toBeNull()
    expect(fit.test!.logLossGain.low).toBeGreaterThan(0)
    expect(fit.test!.logLoss).toBeLessThan(fit.test!.ratesLogLoss)
    expect(fit.network!.known).toEqual([{ kind: "promotion", channel: "web", weight: expect.any(Number) }])
    expect(fit.network!.known[0]!.weight).toBeGreaterThan(0.8)
    expect(fit.test!.pooledLogLoss).toBeLessThan(fit.test!.priorLogLoss)
  })

  test("has learnt who likes which offer", () => {
    const likesEven = new Float32Array(inputs)
    likesEven[0] = 1.5
    const [even, odd] = ["o0", "o1"].map(
      (offerId) =>
        networkPropensities(fit.network!, likesEven.slice(0, situationSize), none, [
          { offerId, features: likesEven.slice(situationSize) },
        ])[0]!,
    )
    expect(Math.abs(even! - chanceOf(likesEven, 0))).toBeLessThan(0.1)
    expect(Math.abs(odd! - chanceOf(likesEven, 1))).toBeLessThan(0.1)
  })

  test("comes back from its file as it was", () => {
    const content = decodeSafetensors(encodeSafetensors(writePropensity(fit.network!)))
    expect(readPropensity(content)).toEqual(fit.network)
  })

  test("refuses a file of other features", () => {
    const { metadata, tensors } = writePropensity(fit.network!)
    expect(() => readPropensity({ metadata: { ...metadata, featuresVersion: "0" }, tensors })).toThrow(/train again/)
    expect(() => readPropensity({ metadata, tensors: { ...tensors, wide: tensors.out! } })).toThrow(/tensor wide/)
  })

  test("answers as TensorFlow.js does, offer by offer, known or not", async () => {
    const { tf } = await openTensorFlow()
    const { weights } = fit.network!
    const [first, second] = weights.hidden
    const random = createRandom(9)
    const variable = (data: Float32Array, ...shape: number[]) => tf.variable(tf.tensor(data, shape))
    const rows = weights.offerBias.length
    const variables = {
      offerVectors: variable(weights.offerVectors, rows, weights.embedding),
      offerBias: variable(weights.offerBias, rows),
      wide: variable(weights.wide, inputs),
      cross: variable(weights.cross, inputs, weights.embedding),
      first: variable(weights.first, inputs + weights.embedding, first),
      firstBias: variable(weights.firstBias, first),
      second: variable(weights.second, first, second),
      secondBias: variable(weights.secondBias, second),
      out: variable(weights.out, second),
      bias: variable(Float32Array.of(weights.bias), 1),
    }
    const features = Float32Array.from({ length: 50 * inputs }, () => normal(random))
    const x = features.map((value, n) => (value - weights.center[n % inputs]!) * weights.scale[n % inputs]!)
    const offer = Int32Array.from({ length: 50 }, (_, n) => n % rows)
    const oneHot = tf.oneHot(tf.tensor1d(offer, "int32"), rows).toFloat()
    const theirs = await logitTensor(tf, variables, tf.tensor2d(x, [50, inputs]), oneHot as never).data()
    offer.forEach((row, n) => {
      const own = features.subarray(n * inputs, (n + 1) * inputs)
      const logitOf = networkLogits(weights, own.slice(0, situationSize), none)
      expect(Math.abs(logitOf(row, own.slice(situationSize)) - theirs[n]!)).toBeLessThan(1e-4)
    })
  })
})

test("the same seed gives the same network", async () => {
  const [first, second] = await Promise.all(
    [1, 2].map(() => fitNetwork(columns(logOf(800, chanceOf)), 4, { ...parameters, steps: 8 })),
  )
  expect(first!.weights).toEqual(second!.weights)
})

function columns(examples: readonly PropensityExample[]) {
  return {
    inputs,
    features: Float32Array.from(examples.flatMap(({ features }) => [...features])),
    candidateFrom: situationSize,
    rows: Int32Array.from(examples, ({ offerId }) => Number(offerId.slice(1)) + 1),
    accepted: Float32Array.from(examples, ({ accepted }) => (accepted ? 1 : 0)),
    weight: new Float32Array(examples.length).fill(1),
  }
}

describe("the prior goes on", () => {
  test("while there are few outcomes", async () => {
    const { network, blockedBecause } = await fitPropensity(logOf(200, chanceOf), [], [parameters])
    expect(network).toBeNull()
    expect(blockedBecause).toBe("200 offers have had their time, 300 are needed")
  })

  test("where it knows who accepts and features say nothing", async () => {
    const random = createRandom(11)
    const examples = logOf(3000, () => 0.3).map((example) => {
      const liking = 1.5 * normal(random)
      const prior = { orders: 0, taste: liking, price: 0, response: -3 }
      return { ...example, prior, accepted: random() < sigmoid(liking - 1) }
    })
    const { network, test } = await fitPropensity(examples, [], [parameters])
    expect(network?.known[0]?.weight ?? 0).toBeLessThan(0.3)
    expect(test!.priorLogLoss).toBeLessThan(test!.logLoss)
    expect(test!.pooledLogLoss).toBeLessThan(test!.logLoss)
  })
})

describe("increments", () => {
  /** The customer orders anyway where the second feature is high; an offer moves those whose first feature is. */
  const examples = logOf(9000, () => 0, 8).map((example, n) => {
    const random = createRandom(n)
    const nothing = n % 2 === 0
    const { features } = example
    const chance = sigmoid(-1.5 + features[1]! + (nothing ? 0 : 1.2 * features[0]!))
    return {
      ...example,
      ...(nothing ? ({ offerId: nothingId, kind: "nothing" } as const) : { offerId: "o1" }),
      probability: 0.5,
      accepted: random() < chance,
    }
  })

  test("tell who is moved from who would order anyway", async () => {
    const { network, slope } = await fitIncremental(examples, [], parameters)
    expect(slope!.low).toBeGreaterThan(0)
    const of = (moved: number, anyway: number) => {
      const features = new Float32Array(inputs)
      features[0] = moved
      features[1] = anyway
      const [increment] = incrementsOf(network!, features.slice(0, situationSize), none, [
        { offerId: "o1", features: features.slice(situationSize) },
      ])
      return increment!.offered - increment!.organic
    }
    expect(of(1.5, 0)).toBeGreaterThan(of(0, 1.5) + 0.1)
    expect(of(-1.5, 0)).toBeLessThan(0)
  })

  test("are not claimed from a handful of silences", async () => {
    const few = examples.filter((_, n) => n % 2 === 1 || n < 100)
    const { network, blockedBecause } = await fitIncremental(few, [], parameters)
    expect(network).toBeNull()
    expect(blockedBecause).toMatch(/randomised decisions for nothing/)
  })
})

describe("selection weights", () => {
  test("are inverse to the logged probability and average one", () => {
    const weights = selectionWeights([0.5, 0.5, 0.25])
    expect(weights[2]! / weights[0]!).toBeCloseTo(2)
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(3)
  })

  test("are capped so that rare choices leave seven tenths of the information", () => {
    const weights = selectionWeights([...new Array(99).fill(0.9), 0.001])
    const squares = weights.reduce((sum, weight) => sum + weight ** 2, 0)
    expect(100 ** 2 / squares).toBeGreaterThanOrEqual(69.9)
    expect(weights[99]).toBeLessThan(1000 * 0.9 * weights[0]!)
  })
})
