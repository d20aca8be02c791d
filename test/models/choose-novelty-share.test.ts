import { expect, test } from "vitest"
import { chooseNoveltyShare } from "../../models/blend/choose-novelty-share.ts"
import { listPacker } from "../../models/blend/packed-lists.ts"
import { linearBlend } from "../../src/core/preference/blend.ts"
import { featureWidth, purchasesFeature } from "../../src/core/preference/features.ts"

const scorers = ["factors", "habit", "popularity"] as const
const width = featureWidth(scorers)
const weights = { ...linearBlend({}), scorers, linear: new Float32Array(width) }
weights.linear[0] = 1
const owned = 30
const candidates = 40

/** Lists whose best 30 candidates their customer bought before and whose other 10 they did not; these places are relevant. */
function chosenFor(relevant: readonly number[], lists = 50) {
  const packer = listPacker(width, { lists, longest: candidates, maxValues: lists * candidates * width })
  for (let list = 0; list < lists; list++) {
    const features = new Float32Array(candidates * width)
    for (let n = 0; n < candidates; n++) {
      features[n * width] = candidates - n
      if (n < owned) features[n * width + purchasesFeature(scorers)] = Math.log1p(1 + (n % 3))
    }
    const gains = new Float32Array(candidates)
    for (const place of relevant) gains[place] = 1 / relevant.length
    packer.add({ features, gains, relevant: relevant.length }, () => true)
  }
  return chooseNoveltyShare(weights, scorers, packer.packed())
}
const places = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n)

test("nothing new is shown where each of twenty is bought again: one slot is 5 % of the hits", () => {
  expect(chosenFor(places(20))?.share).toBe(0)
})

test("the last two of twenty are new where nobody buys them again", () => {
  const chosen = chosenFor(places(18))!
  expect(chosen.share).toBe(0.1)
  expect(chosen.hits.slice(0, 4)).toEqual([
    { share: 0, hits: 50 * 18 },
    { share: 0.05, hits: 50 * 18 },
    { share: 0.1, hits: 50 * 18 },
    { share: 0.15, hits: 50 * 17 },
  ])
})

test("a half is new where that loses nothing", () => {
  expect(chosenFor([...places(10), owned])?.share).toBe(0.5)
})

test("is not chosen by fewer than fifty lists", () => {
  expect(chosenFor(places(20), 49)).toBeNull()
})
