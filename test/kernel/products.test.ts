import fc from "fast-check"
import { expect, test } from "vitest"
import { matrices, putFloats, putIntegers, putMatrix, usedKernel } from "../support/kernel.ts"
import { dot } from "../support/linear-algebra.ts"

const kernel = usedKernel()
const { arena } = kernel

/** By how much a sum of n products in float32 may miss that in float64 (Higham 2002, §3.1). */
const rounding = (a: readonly number[], b: readonly number[]) =>
  (a.length + 1) * 2 ** -23 * dot(a.map(Math.abs), b.map(Math.abs)) + 2 ** -126

test("products are the dot products of all pairs of rows, for any number of either", () => {
  fc.assert(
    fc.property(matrices(30, 21), fc.nat(), (matrix, pick) => {
      const mark = arena.mark()
      const left = matrix.slice(pick % matrix.length)
      const { at, stride } = putMatrix(kernel, matrix)
      const { at: leftAt } = putMatrix(kernel, left)
      const apart = matrix.length + 3
      const out = arena.take(left.length * apart * 4)
      kernel.products(leftAt, left.length, at, matrix.length, stride, out, apart)
      const found = arena.floats(out, left.length * apart)
      left.forEach((a, i) => {
        matrix.forEach((b, j) => {
          expect(Math.abs(found[i * apart + j]! - dot(a, b))).toBeLessThanOrEqual(rounding(a, b))
        })
      })
      arena.release(mark)
    }),
  )
})

test("weighted sums of rows are added to what was there, for any number of sums", () => {
  fc.assert(
    fc.property(matrices(20, 21), matrices(9, 20), (matrix, drawn) => {
      const mark = arena.mark()
      const weights = drawn.map((row) => matrix.map((_, n) => row[n % row.length]!))
      const { at, stride } = putMatrix(kernel, matrix)
      const { at: weightsAt, stride: weightStride } = putMatrix(kernel, weights)
      const out = arena.take(weights.length * stride * 4)
      arena.floats(out, weights.length * stride).fill(1)
      kernel.addWeightedSums(weightsAt, weights.length, weightStride, at, matrix.length, stride, out)
      const found = arena.floats(out, weights.length * stride)
      weights.forEach((own, i) => {
        for (let k = 0; k < matrix[0]!.length; k++) {
          const column = matrix.map((row) => row[k]!)
          const allowed = rounding([...own, 1], [...column, 1])
          expect(Math.abs(found[i * stride + k]! - 1 - dot(own, column))).toBeLessThanOrEqual(allowed)
        }
      })
      arena.release(mark)
    }),
  )
})

test("gathered rows are added, each times its weight", () => {
  fc.assert(
    fc.property(matrices(20, 37), fc.array(fc.nat(), { maxLength: 30 }), (matrix, picks) => {
      const mark = arena.mark()
      const rows = picks.map((pick) => pick % matrix.length)
      const weights = picks.map((pick) => (pick % 9) / 4 - 1)
      const { at, stride } = putMatrix(kernel, matrix)
      const { at: out } = putMatrix(kernel, [matrix[0]!])
      kernel.addGathered(putIntegers(kernel, rows), putFloats(kernel, weights), rows.length, at, stride, out)
      const found = arena.floats(out, stride)
      matrix[0]!.forEach((before, k) => {
        const column = [before, ...rows.map((row) => matrix[row]![k]!)]
        expect(Math.abs(found[k]! - dot([1, ...weights], column))).toBeLessThanOrEqual(
          rounding([1, ...weights], column),
        )
      })
      arena.release(mark)
    }),
  )
})
