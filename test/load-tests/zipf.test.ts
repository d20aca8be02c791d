import { expect, test } from "vitest"
import { zipf } from "../../load-tests/zipf.ts"
import { createRandom } from "../../models/random.ts"

test("the n-th rank is drawn with a chance proportional to 1 / n", () => {
  const size = 100_000
  const draws = 200_000
  const draw = zipf(size, createRandom(1))
  const counts = new Map<number, number>()
  for (let n = 0; n < draws; n++) {
    const rank = draw()
    counts.set(rank, (counts.get(rank) ?? 0) + 1)
  }
  let harmonic = 0
  for (let rank = 1; rank <= size; rank++) harmonic += 1 / rank
  for (const rank of [1, 2, 3, 10, 100]) {
    const expected = draws / rank / harmonic
    expect(Math.abs((counts.get(rank) ?? 0) - expected), `rank ${rank}`).toBeLessThan(5 * Math.sqrt(expected))
  }
  expect(Math.min(...counts.keys())).toBe(1)
  expect(Math.max(...counts.keys())).toBeLessThanOrEqual(size)
})

test("a population of one is always drawn", () => {
  const draw = zipf(1, createRandom(2))
  expect(Array.from({ length: 100 }, draw)).toEqual(Array(100).fill(1))
})
