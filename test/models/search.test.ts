import { expect, test } from "vitest"
import { coordinateSearch } from "../../models/search/coordinate-search.ts"

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

test("a step along an axis that costs something must gain its share", async () => {
  const rising = ({ size }: { size: number }) => [1, 1.5, 1.51, 2][size]!
  const sizes = { size: [0, 1, 2, 3] }
  const { best } = await coordinateSearch({ size: 0 }, sizes, rising, () => true, { size: 0.05 })
  expect(best).toEqual({ size: 1 })
})

test("six trials in a row that bring nothing end a search", async () => {
  const axes = { a: [1, 2, 3], b: [1, 2, 3], c: [1, 2, 3], d: [1, 2, 3] }
  const start = { a: 2, b: 2, c: 2, d: 2 }
  const { trials } = await coordinateSearch(
    start,
    axes,
    ({ d }) => d,
    () => true,
  )
  expect(trials).toHaveLength(1 + 6)
})

test("a quality that is no number never wins, at the start or later", async () => {
  const broken = ({ x }: { x: number; y: number }) => (x === 3 ? 5 : Number.NaN)
  const { best, quality } = await coordinateSearch({ x: 2, y: 1 }, axes, broken, () => true)
  expect([best, quality]).toEqual([{ x: 3, y: 1 }, 5])
})
