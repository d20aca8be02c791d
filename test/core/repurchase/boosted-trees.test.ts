import { expect, test } from "vitest"
import { readTrees, treesLogit, treesMetadata, treesTensors } from "../../../src/core/repurchase/boosted-trees.ts"

/** Is column 0 above 1; is column 1 above 5. */
const trees = {
  depth: 2,
  bias: -1,
  column: Int32Array.of(0, 1),
  border: Float32Array.of(1, 5),
  leaf: Float32Array.of(10, 20, 30, 40),
}

test("a leaf's number is the answers' bits, the first question being the lowest", () => {
  expect(treesLogit(trees, Float32Array.of(0, 0))).toBe(-1 + 10)
  expect(treesLogit(trees, Float32Array.of(2, 0))).toBe(-1 + 20)
  expect(treesLogit(trees, Float32Array.of(0, 6))).toBe(-1 + 30)
  expect(treesLogit(trees, Float32Array.of(2, 6))).toBe(-1 + 40)
})

test("a value at the border is not above it, and a row may start anywhere", () => {
  expect(treesLogit(trees, Float32Array.of(99, 99, 1, 5), 2)).toBe(-1 + 10)
})

test("trees are read as they were written, and refused with a leaf missing", () => {
  const content = { metadata: treesMetadata("a", trees), tensors: treesTensors("a", trees) }
  expect(readTrees(content, "a", 2)).toEqual(trees)
  const short = { ...trees, leaf: trees.leaf.subarray(1) }
  expect(() => readTrees({ ...content, tensors: treesTensors("a", short) }, "a", 2)).toThrow("aLeaf")
})
