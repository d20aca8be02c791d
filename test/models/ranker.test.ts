import { expect, test } from "vitest"
import { fitRanker } from "../../models/blend/fit-ranker.ts"
import { listPacker, type PackedLists, type RankingList } from "../../models/blend/packed-lists.ts"
import { createRankerLearner } from "../../models/blend/ranker-learner.ts"
import { createRandom, normal } from "../../models/random.ts"
import { forward, type RankerWeights } from "../../src/core/preference/ranker.ts"
import { createRankerKernel } from "../../src/core/preference/ranker-kernel.ts"

const random = createRandom(5)
const drawn = (size: number) => Float32Array.from({ length: size }, () => normal(random))
const weightsOf = (width: number, units: number): RankerWeights => ({
  hidden: drawn(units * width),
  bias: drawn(units),
  output: drawn(units),
  linear: drawn(width),
})

test("a unit adds what lies above zero, times its output, to the linear part", () => {
  const weights = {
    hidden: Float32Array.of(1, -2, -1, 2),
    bias: Float32Array.of(0.5, 0.5),
    output: Float32Array.of(3, 5),
    linear: Float32Array.of(10, 100),
  }
  const out = new Float64Array(2)
  const activations = new Float32Array(4)
  forward(weights, Float32Array.of(1, 0, 0, 1), 2, out, activations)
  expect([...out]).toEqual([10 + 3 * (1 + 0.5), 100 + 5 * (2 + 0.5)])
  expect([...activations]).toEqual([1.5, 0, 0, 2.5])
})

test("the SIMD ranker, which serves and trains, scores as the plain loop", () => {
  for (const [width, units, count] of [
    [8, 5, 13],
    [64, 24, 200],
    [4, 0, 1],
  ] as const) {
    const weights = weightsOf(width, units)
    const features = drawn(count * width)
    const plain = new Float64Array(count)
    forward(weights, features, count, plain)
    const kernel = createRankerKernel(width, units, 200)
    kernel.load(weights)
    const scores = kernel.score(features, count)
    for (let n = 0; n < count; n++) expect(scores[n]).toBeCloseTo(plain[n]!, 3)
  }
})

test("the gradient is what a small change of a weight does to the weighted sum of scores", () => {
  const [width, units, count] = [8, 3, 7]
  const weights = weightsOf(width, units)
  const features = drawn(count * width)
  const slopes = Float64Array.from(drawn(count))
  const kernel = createRankerLearner(width, units, count)
  kernel.load(weights)
  kernel.score(features, count)
  kernel.addGradient(slopes, count)
  const sumWith = (changed: RankerWeights) => {
    const out = new Float64Array(count)
    forward(changed, features, count, out)
    return out.reduce((sum, score, n) => sum + score * slopes[n]!, 0)
  }
  const step = 1 / 1024
  for (const name of ["hidden", "bias", "output", "linear"] as const) {
    weights[name].forEach((value, k) => {
      const moved = (by: number) => ({
        ...weights,
        [name]: Float32Array.from(weights[name], (old, n) => (n === k ? value + by : old)),
      })
      const slope = (sumWith(moved(step)) - sumWith(moved(-step))) / (2 * step)
      expect(kernel.gradients[name][k]).toBeCloseTo(slope, 2)
    })
  }
})

/** Ten candidates with four features; relevant is the one whose first two features differ in sign: no linear ranker can tell. */
const lists = Array.from({ length: 600 }, (): RankingList => {
  const features = Float32Array.from({ length: 40 }, (_, n) =>
    n % 4 < 2 ? (n % 8 < 4 ? 1 : -1) * (random() + 0.2) : 0,
  )
  const relevant = Math.floor(random() * 10)
  for (let n = 0; n < 10; n++) {
    const sign = random() < 0.5 ? 1 : -1
    features[4 * n] = sign * (random() + 0.2)
    features[4 * n + 1] = (n === relevant ? -sign : sign) * (random() + 0.2)
  }
  return { features, gains: Float32Array.from({ length: 10 }, (_, n) => (n === relevant ? 1 : 0)), relevant: 1 }
})
const packed = [packedOf(lists)]
function packedOf(some: readonly RankingList[]): PackedLists {
  const packer = listPacker(4, { lists: some.length, longest: 10, maxValues: Infinity })
  for (const list of some) packer.add(list, () => true)
  return packer.packed()
}
const hitsOf = (weights: RankerWeights) => {
  const scores = new Float64Array(10)
  return lists.filter(({ features, gains }) => {
    forward(weights, features, 10, scores)
    return gains[scores.indexOf(Math.max(...scores))] === 1
  }).length
}

test("hidden units learn what no weighted sum can tell", () => {
  const parameters = { epochs: 30, learningRate: 0.02, decay: 1e-5, seed: 1 }
  expect(hitsOf(fitRanker(packed, 4, { ...parameters, hidden: 0 }))).toBeLessThan(0.6 * lists.length)
  expect(hitsOf(fitRanker(packed, 4, { ...parameters, hidden: 12 }))).toBeGreaterThan(0.9 * lists.length)
})

test("the same lists and seed give the same ranker", () => {
  const parameters = { hidden: 4, epochs: 2, learningRate: 0.01, decay: 1e-4, seed: 3 }
  expect(fitRanker(packed, 4, parameters)).toEqual(fitRanker(packed, 4, parameters))
})
