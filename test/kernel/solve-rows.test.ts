import fc from "fast-check"
import { expect, test } from "vitest"
import { matrices, putFloats, putIntegers, putMatrix, usedKernel } from "../support/kernel.ts"
import { dot, type Matrix, relativeError, solve, square, weightedGram } from "../support/linear-algebra.ts"

const kernel = usedKernel()
const { arena } = kernel
const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0)

interface SparseRows {
  offsets: number[]
  indexes: number[]
  confidence: number[]
}

/** Solves all rows, from zero, against D = diagonal + regularization · I. */
function solveAll(
  fixed: Matrix,
  { offsets, indexes, confidence }: SparseRows,
  diagonal: number[],
  regularization: number,
  steps: number,
) {
  const size = fixed[0]!.length
  const rows = offsets.length - 1
  const { at, stride } = putMatrix(kernel, fixed)
  const { at: diagonalAt } = putMatrix(kernel, [diagonal])
  const solved = arena.take(rows * stride * 4)
  arena.floats(solved, rows * stride).fill(0)
  const scratch = arena.take(kernel.workBytes(stride))
  const entries = [putIntegers(kernel, offsets), putIntegers(kernel, indexes), putFloats(kernel, confidence)] as const
  const norms = putFloats(kernel, Array(rows).fill(regularization))
  kernel.solveRows(0, rows, ...entries, at, solved, stride, diagonalAt, norms, steps, scratch)
  const vectors = Array.from({ length: rows }, (_, row) => [...arena.floats(solved + row * stride * 4, size)])
  const observed = kernel.rowsLoss(0, rows, ...entries, at, solved, stride)
  return { vectors, observed, weighted: kernel.weightedNorms(0, rows, solved, stride, norms) }
}

type Entries = readonly (readonly [row: number, confidence: number])[]

const sparseOf = (rows: readonly Entries[]): SparseRows => ({
  offsets: [0, ...rows.map((_, at) => rows.slice(0, at + 1).flat().length)],
  indexes: rows.flat().map(([index]) => index),
  confidence: rows.flat().map(([, confidence]) => confidence),
})

/** (D + Σ c x xᵀ)⁻¹ Σ c x by elimination in float64. */
function byDefinition(fixed: Matrix, entries: Entries, diagonal: number[], regularization: number): number[] {
  const rows = entries.map(([index]) => fixed[index]!)
  const weights = entries.map(([, confidence]) => confidence)
  const own = weightedGram(rows, weights, diagonal.length)
  const system = square(diagonal.length, (i, j) => own[i]![j]! + (i === j ? diagonal[i]! + regularization : 0))
  const right = diagonal.map((_, column) => sum(rows.map((row, at) => weights[at]! * row[column]!)))
  return solve(system, right)
}

const sparseRows = fc.array(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 40 })), { maxLength: 200 }), {
  minLength: 1,
  maxLength: 4,
})

test("short and long rows alike are the minimum by definition, empty rows are zero, and the loss is that of the solution", () => {
  fc.assert(
    fc.property(matrices(25, 14), sparseRows, (fixed, lists) => {
      const mark = arena.mark()
      const rows = lists.map((list) => list.map(([pick, eighths]) => [pick % fixed.length, eighths / 8] as const))
      const diagonal = fixed[0]!.map((_, column) => column / 4)
      const { vectors, observed, weighted } = solveAll(fixed, sparseOf(rows), diagonal, 2, 100)
      rows.forEach((entries, at) => {
        const expected = byDefinition(fixed, entries, diagonal, 2)
        expect(relativeError(vectors[at]!, expected, 0.1)).toBeLessThan(1e-3)
      })
      const misses = rows.flatMap((row, at) => row.map(([index, c]) => c * (1 - dot(fixed[index]!, vectors[at]!)) ** 2))
      const squares = vectors.map((vector) => 2 * dot(vector, vector))
      expect(relativeError([observed, weighted], [sum(misses), sum(squares)])).toBeLessThan(1e-4)
      arena.release(mark)
    }),
  )
})

test("a few steps repeated from where they ended reach the minimum", () => {
  const mark = arena.mark()
  const fixed = square(60, (i, j) => Math.fround(Math.sin(1 + 3 * i + j * j))).map((row) => row.slice(0, 24))
  const entries = fixed.map((_, row) => [row, 1 + (row % 5)] as const)
  const diagonal = fixed[0]!.map((_, column) => column / 8)
  const expected = byDefinition(fixed, entries, diagonal, 0.5)
  const { at, stride } = putMatrix(kernel, fixed)
  const { at: diagonalAt } = putMatrix(kernel, [diagonal])
  const { offsets, indexes, confidence } = sparseOf([entries])
  const addresses = [putIntegers(kernel, offsets), putIntegers(kernel, indexes), putFloats(kernel, confidence)] as const
  const [solved, norms] = [putFloats(kernel, Array(stride).fill(0)), putFloats(kernel, [0.5])]
  const scratch = arena.take(kernel.workBytes(stride))
  const errors = Array.from({ length: 20 }, () => {
    kernel.solveRows(0, 1, ...addresses, at, solved, stride, diagonalAt, norms, 3, scratch)
    return relativeError(arena.floats(solved, 24), expected)
  })
  expect(errors[0]).toBeLessThan(0.5)
  expect(errors.at(-1)).toBeLessThan(1e-3)
  arena.release(mark)
})

test("a row of a million entries is solved as exactly as its distinct items with their summed confidence", () => {
  const mark = arena.mark()
  const fixed = square(7, (i, j) => Math.fround(Math.sin(1 + 3 * i + j * j)))
  const entries = 1_000_000
  const indexes = Array.from({ length: entries }, (_, entry) => entry % 7)
  const sparse = { offsets: [0, entries], indexes, confidence: Array<number>(entries).fill(1) }
  const diagonal = fixed.map((_, column) => column)
  const { vectors } = solveAll(fixed, sparse, diagonal, entries / 100, 100)
  const summed = fixed.map((_, row) => [row, indexes.filter((index) => index === row).length] as const)
  expect(relativeError(vectors[0]!, byDefinition(fixed, summed, diagonal, entries / 100))).toBeLessThan(1e-3)
  arena.release(mark)
})
