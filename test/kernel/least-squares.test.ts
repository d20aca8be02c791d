import fc from "fast-check"
import { expect, test } from "vitest"
import { solverParts } from "../../src/kernel/kernel.ts"
import { matrices, putFloats, putIntegers, putMatrix, usedKernel } from "../support/kernel.ts"
import { dot, relativeError, square, weightedGram } from "../support/linear-algebra.ts"

const kernel = usedKernel()
const { arena } = kernel
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

test("normal equations of a million entries are those of their distinct rows with summed confidence", () => {
  const mark = arena.mark()
  const fixed = square(7, (i, j) => Math.fround(Math.sin(1 + 3 * i + j * j)))
  const entries = 1_000_000
  const { at, stride } = putMatrix(kernel, fixed)
  const picks = Array.from({ length: entries }, (_, entry) => entry % 7)
  const [indexes, confidence] = [putIntegers(kernel, picks), putFloats(kernel, picks.fill(1))]
  const base = putFloats(kernel, square(stride, () => 0).flat())
  const scratch = arena.take(kernel.scratchBytes(stride))
  const counts = fixed.map((_, row) => Math.ceil((entries - row) / 7))
  kernel.normalEquations(0, entries, indexes, confidence, at, stride, base, 3, scratch)
  const { matrix, right } = solverParts(scratch, stride)
  const expected = weightedGram(fixed, counts, 7)
  const actual = square(7, (i, j) => arena.floats(matrix + (i * stride + j) * 4, 1)[0]!)
  const inUpper = (list: number[]) => list.filter((_, cell) => upper(7)[cell] === 1)
  const withRegularization = square(7, (i, j) => expected[i]![j]! + (i === j ? 3 : 0))
  expect(relativeError(inUpper(actual.flat()), inUpper(withRegularization.flat()))).toBeLessThan(1e-5)
  const sums = fixed[0]!.map((_, column) => fixed.reduce((sum, row, at) => sum + counts[at]! * row[column]!, 0))
  expect(relativeError(arena.floats(right, 7), sums)).toBeLessThan(1e-5)
  arena.release(mark)
})
