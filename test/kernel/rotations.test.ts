import fc from "fast-check"
import { expect, test } from "vitest"
import { matrices, putFloats, putMatrix, usedKernel } from "../support/kernel.ts"
import { dot, type Matrix, relativeError, square, weightedGram } from "../support/linear-algebra.ts"

const kernel = usedKernel()
const { arena } = kernel

function eigen(matrix: Matrix): { values: number[]; vectors: number[][] } {
  const size = matrix.length
  const [at, vectorsAt, reflectors] = [0, 1, 2].map(() => arena.take(size * size * 8)) as [number, number, number]
  const [valuesAt, work] = [arena.take(size * 8), arena.take(2 * size * 8)]
  arena.doubles(at, size * size).set(matrix.flat())
  kernel.eigen(at, size, valuesAt, vectorsAt, reflectors, work)
  const vectors = square(size, (i, j) => arena.doubles(vectorsAt, size * size)[i * size + j]!)
  return { values: [...arena.doubles(valuesAt, size)], vectors }
}

/** Every vector has length 1, is orthogonal to the others, and the matrix only stretches it. */
function expectDecomposition(matrix: Matrix): void {
  const { values, vectors } = eigen(matrix)
  const size = matrix.length
  const products = square(size, (i, j) => dot(vectors[i]!, vectors[j]!))
  const identity = square(size, (i, j) => Number(i === j))
  expect(relativeError(products.flat(), identity.flat())).toBeLessThan(1e-10)
  const images = vectors.map((vector) => matrix.map((row) => dot(row, vector)))
  const stretched = vectors.map((vector, at) => vector.map((value) => values[at]! * value))
  expect(relativeError(images.flat(), stretched.flat())).toBeLessThan(1e-10)
}

test("a symmetric matrix only stretches its eigenvectors, which are orthonormal, for any rank", () => {
  fc.assert(
    fc.property(matrices(12, 17), (rows) => {
      const mark = arena.mark()
      const columns = rows[0]!.length + (rows[0]!.length % 2)
      const padded = rows.map((row) => [...row, 0].slice(0, columns))
      const weights = rows.map(() => 1)
      expectDecomposition(weightedGram(padded, weights, columns))
      arena.release(mark)
    }),
  )
})

test("eigenvectors of a zero matrix, of an identity, of one with equal values and of a large one are found", () => {
  const mark = arena.mark()
  for (const size of [2, 8]) {
    expectDecomposition(square(size, () => 0))
    expectDecomposition(square(size, (i, j) => Number(i === j)))
    expectDecomposition(square(size, () => 1))
  }
  expectDecomposition(square(96, (i, j) => Math.cos(i * j) + (i === j ? 2 : 0)))
  arena.release(mark)
})

test("couplings far below a matrix's largest entry, whose squares underflow, leave eigenvectors finite and orthonormal", () => {
  const mark = arena.mark()
  for (const tiny of [1e-155, 1e-160, 1e-162, 5e-324]) {
    expectDecomposition(square(8, (i, j) => (i === 3 && j === 3 ? 2 : tiny)))
    expectDecomposition(square(8, (i, j) => (i === 0 && j === 0 ? 1 : i === j ? 0 : tiny)))
  }
  arena.release(mark)
})

test("turned rows are the rows times the rotation, for any size", () => {
  fc.assert(
    fc.property(matrices(70, 21), (matrix) => {
      const mark = arena.mark()
      const columns = matrix[0]!.length
      const rotation = square(columns, (i, j) => Math.fround(Math.sin(i + 2 * j)))
      const { at, stride } = putMatrix(kernel, matrix)
      const panels = Array.from({ length: kernel.rotationBytes(stride) / 4 }, () => 0)
      rotation.forEach((row, i) => {
        row.forEach((value, j) => {
          panels[(j >> 3) * 8 * stride + i * 8 + (j % 8)] = value
        })
      })
      const [rotationAt, scratch] = [putFloats(kernel, panels), arena.take(kernel.workBytes(stride))]
      kernel.rotate(at, 1, matrix.length, stride, rotationAt, scratch)
      matrix.forEach((row, r) => {
        const expected =
          r === 0
            ? row
            : row.map((_, column) =>
                dot(
                  row,
                  rotation.map((other) => other[column]!),
                ),
              )
        expect(relativeError(arena.floats(at + r * stride * 4, columns), expected, 1)).toBeLessThan(1e-5)
      })
      arena.release(mark)
    }),
  )
})
