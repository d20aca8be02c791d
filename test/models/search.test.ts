import { expect, test } from "vitest"
import { blendCase, blendQuality, fitBlend } from "../../models/blend/fit.ts"
import { coordinateSearch } from "../../models/train/coordinate-search.ts"
import type { PartName } from "../../src/core/preference/blend.ts"

const square = ({ x, y }: { x: number; y: number }) => 10 - (x - 3) ** 2 - (y - 1) ** 2
const axes = { x: [0, 1, 2, 3, 4], y: [0, 1, 2] }

test("coordinate search climbs to the top of a hill and says what it tried", async () => {
  const { best, quality, trials } = await coordinateSearch({ x: 1, y: 2 }, axes, square, () => true)
  expect([best, quality]).toEqual([{ x: 3, y: 1 }, 10])
  expect(trials.map(({ changed }) => changed)).toEqual([{}, { x: 2 }, { x: 3 }, { x: 4 }, { y: 1 }, { y: 0 }])
})

test("out of time, the start stands", async () => {
  const { best, trials } = await coordinateSearch({ x: 1, y: 2 }, axes, square, () => false)
  expect([best, trials.length]).toEqual([{ x: 1, y: 2 }, 1])
})

const zeros = () => new Float32Array(40)
const only = (part: PartName, row: number) => {
  const parts = { factors: zeros(), neighbors: zeros(), intent: zeros(), habit: zeros(), popularity: zeros() }
  parts[part][row] = 3
  parts.popularity.fill(1)
  return parts
}
const everything = new Uint8Array(40).fill(1)
const even = { factors: 0.2, neighbors: 0.2, intent: 0.2, habit: 0.2, popularity: 0.2 }

test("the quality of a blend is the mean NDCG@20 over its questions, items without a row included", () => {
  const found = blendCase(only("habit", 30), everything, new Set([30]), 1)
  const half = blendCase(only("habit", 30), everything, new Set([30]), 2)
  const lost = blendCase(only("factors", 30), everything, new Set([35]), 1)
  const ideal = 1 + 1 / Math.log2(3)
  expect(blendQuality([found, half, lost], even)).toBeCloseTo((1 + 1 / ideal + 0) / 3)
})

test("the blend moves its weight to the part that is right and away from the one that misleads", () => {
  const cases = [31, 32, 33, 34].map((row) => {
    const parts = only("neighbors", row)
    parts.factors[39] = 3
    return blendCase(parts, everything, new Set([row]), 1)
  })
  const start = { factors: 0.6, neighbors: 0.1, intent: 0.1, habit: 0.1, popularity: 0.1 }
  const { weights, ndcg20 } = fitBlend(cases, start)
  expect(blendQuality(cases, start)).toBeCloseTo(1 / Math.log2(3))
  expect(ndcg20).toBe(1)
  expect(weights.neighbors).toBeGreaterThan(weights.factors)
  expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1)
})
