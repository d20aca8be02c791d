import { expect, test } from "vitest"
import { fitWeights } from "../../models/blend/fit-weights.ts"
import { listPacker, type PackedLists } from "../../models/blend/packed-lists.ts"
import { below, createRandom } from "../../models/random.ts"
import { featuresPerScorer, featureWidth } from "../../src/core/preference/features.ts"
import type { ScorerName } from "../../src/core/preference/scorers.ts"

const scorers: ScorerName[] = ["factors", "coOccurrence", "popularity"]
const width = featureWidth(scorers)

/** Ten candidates a list, one relevant, which each part scores by `telling` of it plus chance. */
function lists(count: number, telling: readonly number[]): PackedLists[] {
  const random = createRandom(5)
  const packer = listPacker(width, { lists: count, longest: 10, maxValues: Infinity })
  for (let list = 0; list < count; list++) {
    const features = new Float32Array(10 * width)
    const relevant = below(random, 10)
    for (let n = 0; n < 10; n++) {
      telling.forEach((share, part) => {
        features[n * width + featuresPerScorer * part + 1] = (n === relevant ? share : 0) + random()
      })
    }
    const gains = Float32Array.from({ length: 10 }, (_, n) => (n === relevant ? 1 : 0))
    packer.add({ features, gains, relevant: 1 }, () => true)
  }
  return [packer.packed()]
}

const weightsOf = (ranker: { linear: Float32Array }) =>
  scorers.map((_, part) => ranker.linear[featuresPerScorer * part + 1]!)

test("a part that tells much gets more weight than one that is chance", () => {
  const [factors, coOccurrence, popularity] = weightsOf(fitWeights(lists(500, [0.8, 0, 0]), scorers))
  expect(factors).toBeGreaterThan(0.6)
  expect(coOccurrence! + popularity!).toBeLessThan(0.4)
})

test("scorers that tell alike keep equal weights, because no move surely helps", () => {
  const weights = weightsOf(fitWeights(lists(300, [0.5, 0.5, 0.5]), scorers))
  for (const weight of weights) expect(Math.abs(weight - 1 / 3)).toBeLessThan(0.12)
})

test("weights sum to one and nothing but scorers' scores counts", () => {
  const { linear, hidden, bias } = fitWeights(lists(100, [0.2, 0.4, 0]), scorers)
  expect(linear.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1)
  expect(linear.filter((weight) => weight !== 0).length).toBeLessThanOrEqual(scorers.length)
  expect([hidden.length, bias.length]).toEqual([0, 0])
})
