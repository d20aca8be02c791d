import fc from "fast-check"
import { expect, test } from "vitest"
import { matrices, putFloats, putIntegers, putMatrix, usedKernel } from "../support/kernel.ts"
import { dot, foldInByDefinition, type Matrix, relativeError, square, weightedGram } from "../support/linear-algebra.ts"

const kernel = usedKernel()
const { arena } = kernel
const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0)
const upper = (size: number) => square(size, (i, j) => Number(i <= j)).flat()

test("the Gram matrix sums the products of all rows, in any number of parts", () => {
  fc.assert(
    fc.property(matrices(150, 17), fc.nat(), (matrix, cut) => {
      const mark = arena.mark()
      const columns = matrix[0]!.length
      const middle = cut % matrix.length
      const { at, stride } = putMatrix(kernel, matrix)
      const out = arena.take(stride * stride * 8)
      const cells = arena.doubles(out, stride * stride).fill(0)
      kernel.gram(at, 0, middle, stride, out)
      kernel.gram(at, middle, matrix.length, stride, out)
      const expected = weightedGram(
        matrix,
        matrix.map(() => 1),
        columns,
      )
      const triangle = upper(columns)
      const actual = square(columns, (i, j) => cells[i * stride + j]!).flat()
      const inUpper = (list: number[]) => list.filter((_, cell) => triangle[cell] === 1)
      expect(relativeError(inUpper(actual), inUpper(expected.flat()))).toBeLessThan(1e-5)
      arena.release(mark)
    }),
  )
})

test("a million equal rows do not lose their sum to rounding", () => {
  const mark = arena.mark()
  const rows = 1_000_000
  const at = arena.take(rows * 4 * 4)
  arena.floats(at, rows * 4).fill(Math.fround(0.1))
  const out = arena.take(16 * 8)
  arena.doubles(out, 16).fill(0)
  kernel.gram(at, 0, rows, 4, out)
  expect(arena.doubles(out, 1)[0]! / (rows * Math.fround(0.1) ** 2)).toBeCloseTo(1, 5)
  arena.release(mark)
})

test("Cholesky and substitution solve what elimination solves", () => {
  fc.assert(
    fc.property(matrices(30, 30), (matrix) => {
      const mark = arena.mark()
      const size = matrix[0]!.length
      const right = matrix[0]!
      const own = weightedGram(
        matrix,
        matrix.map(() => 1),
        size,
      )
      const system = square(size, (i, j) => own[i]![j]! + (i === j ? 1 : 0))
      const stride = (size + 3) & ~3
      const padded = square(stride, (i, j) => system[i]?.[j] ?? (i === j ? 1 : 0))
      const at = putFloats(kernel, padded.flat())
      const x = putMatrix(kernel, [right]).at
      const inverse = arena.take(stride * 4)
      kernel.cholesky(at, inverse, stride)
      kernel.substitute(at, inverse, stride, x)
      const solution = [...arena.floats(x, size)]
      const back = system.map((row) => dot(row, solution))
      expect(relativeError(back, right, 1)).toBeLessThan(1e-4)
      arena.release(mark)
    }),
  )
})

test("a singular matrix leaves directions out instead of dividing by nothing", () => {
  const ones = square(4, () => 1).flat()
  const at = putFloats(kernel, ones)
  const inverse = arena.take(16)
  const x = putFloats(kernel, [2, 2, 2, 2])
  kernel.cholesky(at, inverse, 4)
  kernel.substitute(at, inverse, 4, x)
  expect([...arena.floats(x, 4)]).toEqual([2, 0, 0, 0])
})

interface SparseRows {
  offsets: number[]
  indexes: number[]
  confidence: number[]
}

function solveAll(fixed: Matrix, { offsets, indexes, confidence }: SparseRows, weight: number, regularization: number) {
  const size = fixed[0]!.length
  const rows = offsets.length - 1
  const { at, stride } = putMatrix(kernel, fixed)
  const gram = weightedGram(
    fixed,
    fixed.map(() => weight),
    size,
  )
  const base = putFloats(kernel, square(stride, (i, j) => gram[i]?.[j] ?? 0).flat())
  const solved = arena.take(rows * stride * 4)
  const scratch = arena.take(kernel.scratchBytes(stride))
  const [offsetsAt, indexesAt] = [putIntegers(kernel, offsets), putIntegers(kernel, indexes)]
  const [confidenceAt, regularizationAt] = [
    putFloats(kernel, confidence),
    putFloats(kernel, Array(rows).fill(regularization)),
  ]
  kernel.solveRows(0, rows, offsetsAt, indexesAt, confidenceAt, at, solved, stride, base, regularizationAt, scratch)
  const observed = kernel.rowsLoss(0, rows, offsetsAt, indexesAt, confidenceAt, at, solved, stride)
  const norms = kernel.weightedNorms(0, rows, solved, stride, regularizationAt)
  const vectors = Array.from({ length: rows }, (_, row) => [...arena.floats(solved + row * stride * 4, size)])
  return { vectors, observed, norms }
}

const sparseRows = fc.array(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 40 })), { maxLength: 200 }), {
  minLength: 1,
  maxLength: 4,
})

test("solved rows minimise the implicit loss as defined, empty rows are zero, and the loss is that of the solution", () => {
  fc.assert(
    fc.property(matrices(25, 14), sparseRows, (fixed, lists) => {
      const mark = arena.mark()
      const rows = lists.map((list) => list.map(([pick, eighths]) => [pick % fixed.length, eighths / 8] as const))
      const sparse = {
        offsets: [0, ...rows.map((_, at) => rows.slice(0, at + 1).flat().length)],
        indexes: rows.flat().map(([index]) => index),
        confidence: rows.flat().map(([, confidence]) => confidence),
      }
      const { vectors, observed, norms } = solveAll(fixed, sparse, 0.5, 2)
      rows.forEach((row, at) => {
        const entries = row.map(([index, confidence]) => ({ row: index, confidence }))
        const expected = row.length === 0 ? fixed[0]!.map(() => 0) : foldInByDefinition(fixed, entries, 0.5, 2)
        expect(relativeError(vectors[at]!, expected, 0.1)).toBeLessThan(1e-3)
      })
      const misses = rows.flatMap((row, at) => row.map(([index, c]) => c * (1 - dot(fixed[index]!, vectors[at]!)) ** 2))
      const squares = vectors.map((vector) => 2 * dot(vector, vector))
      expect(relativeError([observed, norms], [sum(misses), sum(squares)])).toBeLessThan(1e-4)
      arena.release(mark)
    }),
  )
})

test("a row of a million entries is solved as exactly as its distinct items with their summed confidence", () => {
  const mark = arena.mark()
  const fixed = square(7, (i, j) => Math.fround(Math.sin(1 + 3 * i + j * j)))
  const entries = 1_000_000
  const indexes = Array.from({ length: entries }, (_, entry) => entry % 7)
  const sparse = { offsets: [0, entries], indexes, confidence: Array<number>(entries).fill(1) }
  const { vectors } = solveAll(fixed, sparse, 0.5, entries / 100)
  const summed = fixed.map((_, row) => ({ row, confidence: indexes.filter((index) => index === row).length }))
  const expected = foldInByDefinition(fixed, summed, 0.5, entries / 100)
  expect(relativeError(vectors[0]!, expected)).toBeLessThan(1e-3)
  arena.release(mark)
})
