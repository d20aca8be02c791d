import fc from "fast-check"
import { expect, test } from "vitest"
import { byteStrideOf } from "../../src/kernel/kernel.ts"
import { matrices, putFloats, putIntegers, putMatrix, usedKernel } from "../support/kernel.ts"
import { dot } from "../support/linear-algebra.ts"

const kernel = usedKernel()
const { arena } = kernel

/** By how much a dot product in float32 may miss that in float64: n units of rounding of the sum of absolute products (Higham 2002, §3.1). */
const rounding = (a: readonly number[], b: readonly number[]) =>
  a.length * 2 ** -23 * dot(a.map(Math.abs), b.map(Math.abs)) + 2 ** -126

function expectDots(actual: ArrayLike<number>, rows: readonly (readonly number[])[], vector: readonly number[]) {
  for (const [at, row] of rows.entries()) {
    expect(Math.abs(actual[at]! - dot(row, vector))).toBeLessThanOrEqual(rounding(row, vector))
  }
}

test("scores are the dot products of all rows with the vector, for any size", () => {
  fc.assert(
    fc.property(matrices(40, 21), fc.nat(), (matrix, pick) => {
      const mark = arena.mark()
      const vector = matrix[pick % matrix.length]!
      const { at, stride } = putMatrix(kernel, matrix)
      const { at: vectorAt } = putMatrix(kernel, [vector])
      const out = arena.take(matrix.length * 4)
      kernel.scores(at, matrix.length, stride, vectorAt, out)
      expectDots(arena.floats(out, matrix.length), matrix, vector)
      arena.release(mark)
    }),
  )
})

test("gathered scores are those of the chosen rows, in the order asked", () => {
  fc.assert(
    fc.property(matrices(20, 21), fc.array(fc.nat(), { minLength: 1, maxLength: 30 }), (matrix, picks) => {
      const mark = arena.mark()
      const rows = picks.map((pick) => pick % matrix.length)
      const vector = matrix[0]!
      const { at, stride } = putMatrix(kernel, matrix)
      const { at: vectorAt } = putMatrix(kernel, [vector])
      const out = arena.take(rows.length * 4)
      kernel.gatherScores(at, putIntegers(kernel, rows), rows.length, stride, vectorAt, out)
      const chosen = rows.map((row) => matrix[row]!)
      expectDots(arena.floats(out, rows.length), chosen, vector)
      arena.release(mark)
    }),
  )
})

const scoreLists = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 100 })

test("the top k are the highest allowed scores, equal ones by row", () => {
  fc.assert(
    fc.property(scoreLists, fc.integer({ min: 0, max: 120 }), fc.infiniteStream(fc.boolean()), (scores, k, allows) => {
      const mark = arena.mark()
      const allowed = scores.map(() => Number(allows.next().value))
      const allowedAt = arena.take(scores.length)
      arena.bytes(allowedAt, scores.length).set(allowed)
      const expected = scores
        .map((score, row) => ({ score, row }))
        .filter(({ row }) => allowed[row] === 1)
        .sort((a, b) => b.score - a.score || a.row - b.row)
        .slice(0, k)
      const indexes = arena.take(k * 4)
      const best = arena.take(k * 4)
      const found = kernel.topK(putFloats(kernel, scores), scores.length, allowedAt, k, indexes, best)
      expect([...arena.integers(indexes, found)]).toEqual(expected.map(({ row }) => row))
      expect([...arena.floats(best, found)]).toEqual(expected.map(({ score }) => score))
      arena.release(mark)
    }),
  )
})

test("a score that is not a number is never among the top", () => {
  const scores = putFloats(kernel, [Number.NaN, 1, -Infinity, 2, Number.NaN])
  const indexes = arena.take(5 * 4)
  const found = kernel.topK(scores, 5, 0, 5, indexes, arena.take(5 * 4))
  expect([...arena.integers(indexes, found)]).toEqual([3, 1])
})

test("coarse scores are those of the nearest bytes, within half a step a product", () => {
  fc.assert(
    fc.property(matrices(40, 37), fc.nat(), (matrix, pick) => {
      const mark = arena.mark()
      const vector = matrix[pick % matrix.length]!
      const rows = matrix.length
      const { at, stride } = putMatrix(kernel, matrix)
      const { at: vectorAt } = putMatrix(kernel, [vector])
      const byteStride = byteStrideOf(stride)
      const [bytes, short] = [arena.take(rows * byteStride), arena.take(byteStride * 2)]
      const [scales, out] = [arena.take(rows * 4), arena.take(rows * 4)]
      kernel.quantizeRows(at, rows, stride, bytes, byteStride, scales)
      const scale = kernel.quantizeVector(vectorAt, stride, short, byteStride)
      kernel.byteScores(bytes, scales, rows, byteStride, short, scale, out)
      const scores = arena.floats(out, rows)
      const length = vector.reduce((sum, value) => sum + Math.abs(value), 0)
      matrix.forEach((row, r) => {
        const most = Math.max(...row.map(Math.abs))
        const largest = Math.max(...vector.map(Math.abs))
        const bound = (most / 254) * length + (largest / 16_382) * most * row.length
        expect(Math.abs(scores[r]! - dot(row, vector))).toBeLessThanOrEqual(bound * 1.01 + 1e-6)
      })
      arena.release(mark)
    }),
  )
})
