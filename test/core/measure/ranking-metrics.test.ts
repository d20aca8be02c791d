import { expect, test } from "vitest"
import { meanWithError } from "../../../src/core/measure/mean.ts"
import { coverageAt, hitAt, ndcgAt, recallAt, reciprocalRank } from "../../../src/core/measure/ranking-metrics.ts"

const relevant = new Set(["a", "b", "c"])

test("recall is the share of the relevant items that were shown, however long the list", () => {
  expect(recallAt(2, ["a", "x", "b"], relevant)).toBe(1 / 3)
  expect(recallAt(3, ["a", "x", "b"], relevant)).toBe(2 / 3)
})

test("a single hit in second place is discounted by log2(3)", () => {
  expect(ndcgAt(10, ["miss", "hit"], new Set(["hit"]))).toBeCloseTo(1 / Math.log2(3))
})

test("the ideal list holds no more hits than fit into its first k places", () => {
  expect(ndcgAt(2, ["a", "b"], relevant)).toBe(1)
  expect(ndcgAt(2, ["x", "b"], relevant)).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)))
  expect(ndcgAt(10, ["a", "x", "b"], relevant)).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3) + 1 / 2))
})

test("the reciprocal rank looks at the first hit only", () => {
  expect(reciprocalRank(["x", "y", "b", "a"], relevant)).toBe(1 / 3)
  expect(reciprocalRank(["x"], relevant)).toBe(0)
})

test("a hit is any relevant item in the first k", () => {
  expect(hitAt(1, ["x", "a"], relevant)).toBe(0)
  expect(hitAt(2, ["x", "a"], relevant)).toBe(1)
})

test("coverage counts each item that anybody was shown once", () => {
  expect(
    coverageAt(
      2,
      [
        ["a", "b", "c"],
        ["b", "d"],
      ],
      10,
    ),
  ).toBe(3 / 10)
})

test("a mean carries the standard error of independent values", () => {
  expect(meanWithError([1, 2, 3])).toEqual({ mean: 2, error: Math.sqrt(1 / 3) })
  expect(meanWithError([])).toEqual({ mean: 0, error: 0 })
})
