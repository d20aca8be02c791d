import { emptyGraph, type Graph, reversed } from "../../src/core/preference/neighbors.ts"
import { createKernel, type Kernel, strideOf } from "../../src/kernel/kernel.ts"
import { createRandom, normal } from "../random.ts"

export interface SpectralParameters {
  /** Directions kept, a multiple of four. */
  dimensions: number
  edgesPerItem: number
  /** With more items than this there is no such graph, because its time grows with their square. */
  maxItems: number
}

const extra = 16
const rounds = 2

/**
 * Neighbours by cosine among the leading eigenvectors, each times the root of its eigenvalue, of the graph taken both ways and divided
 * by the roots of both ends' sums; found by randomised subspace iteration (Halko, Martinsson and Tropp 2011).
 */
export function fitSpectral(graph: Graph, { dimensions, edgesPerItem, maxItems }: SpectralParameters): Graph {
  const items = graph.offsets.length - 1
  if (items > maxItems || items <= dimensions + extra || graph.targets.length === 0) return emptyGraph(items)
  const kernel = createKernel()
  const both = normalised(graph)
  const width = strideOf(dimensions + extra)
  const random = createRandom(3, items)
  let basis = orthonormal(
    kernel,
    Float32Array.from({ length: items * width }, () => normal(random)),
    width,
  )
  for (let round = 0; round < rounds; round++) basis = orthonormal(kernel, multiply(kernel, both, basis, width), width)
  const image = multiply(kernel, both, basis, width)
  const { values, vectors } = eigenOf(kernel, crossProduct(basis, image, width), width)
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!)
  const kept = order.slice(0, dimensions)
  const turn = new Float64Array(width * dimensions)
  kept.forEach((from, to) => {
    const root = Math.sqrt(Math.max(0, values[from]!))
    for (let k = 0; k < width; k++) turn[k * dimensions + to] = vectors[from * width + k]! * root
  })
  return nearest(kernel, unitRows(rotate(kernel, basis, width, turn, dimensions), dimensions), dimensions, edgesPerItem)
}

/** The graph added to its reverse, divided by the roots of the sums at both ends. */
function normalised(graph: Graph): Graph[] {
  const back = reversed(graph, graph.offsets.length - 1)
  const sums = new Float64Array(graph.offsets.length - 1)
  for (const { offsets, weights } of [graph, back]) {
    for (let row = 0; row < sums.length; row++) {
      for (let edge = offsets[row]!; edge < offsets[row + 1]!; edge++) sums[row]! += weights[edge]!
    }
  }
  const scale = sums.map((sum) => (sum > 0 ? 1 / Math.sqrt(sum) : 0))
  return [graph, back].map(({ offsets, targets, weights }) => {
    const scaled = new Float32Array(weights.length)
    for (let row = 0; row < sums.length; row++) {
      for (let edge = offsets[row]!; edge < offsets[row + 1]!; edge++) {
        scaled[edge] = weights[edge]! * scale[row]! * scale[targets[edge]!]!
      }
    }
    return { offsets, targets, weights: scaled }
  })
}

/** The sum of sparse matrices times a dense one of `width` columns. */
function multiply(kernel: Kernel, graphs: readonly Graph[], dense: Float32Array, width: number): Float32Array {
  const { arena } = kernel
  const mark = arena.mark()
  const [denseAt, productAt] = [arena.take(dense.length * 4), arena.take(dense.length * 4)]
  const graphsAt = graphs.map(({ targets, weights }) => [
    arena.take(targets.length * 4),
    arena.take(weights.length * 4),
  ])
  arena.floats(denseAt, dense.length).set(dense)
  arena.floats(productAt, dense.length).fill(0)
  graphs.forEach(({ offsets, targets, weights }, n) => {
    const [targetsAt, weightsAt] = [graphsAt[n]![0]!, graphsAt[n]![1]!]
    arena.integers(targetsAt, targets.length).set(targets)
    arena.floats(weightsAt, weights.length).set(weights)
    for (let row = 0; row + 1 < offsets.length; row++) {
      const from = offsets[row]!
      const to = productAt + row * width * 4
      kernel.addGathered(targetsAt + from * 4, weightsAt + from * 4, offsets[row + 1]! - from, denseAt, width, to)
    }
  })
  const product = arena.floats(productAt, dense.length).slice()
  arena.release(mark)
  return product
}

/** aᵀ b, width × width. */
function crossProduct(a: Float32Array, b: Float32Array, width: number): Float64Array {
  const product = new Float64Array(width * width)
  for (let row = 0; row < a.length; row += width) {
    for (let i = 0; i < width; i++) {
      const value = a[row + i]!
      const to = i * width
      for (let k = 0; k < width; k++) product[to + k]! += value * b[row + k]!
    }
  }
  return product
}

/** The same space by columns at right angles, through the eigenvectors of its Gram matrix. */
function orthonormal(kernel: Kernel, matrix: Float32Array, width: number): Float32Array {
  const { values, vectors } = eigenOf(kernel, gramOf(kernel, matrix, width), width)
  const largest = values.reduce((a, b) => Math.max(a, b), 0)
  const turn = new Float64Array(width * width)
  values.forEach((value, to) => {
    const scale = value > 1e-10 * largest ? 1 / Math.sqrt(value) : 0
    for (let k = 0; k < width; k++) turn[k * width + to] = vectors[to * width + k]! * scale
  })
  return rotate(kernel, matrix, width, turn, width)
}

function eigenOf(kernel: Kernel, matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const { arena } = kernel
  const mark = arena.mark()
  const [matrixAt, vectorsAt, scratchAt] = [0, 0, 0].map(() => arena.take(size * size * 8))
  const valuesAt = arena.take(size * 8)
  const workAt = arena.take(2 * size * 8)
  const target = arena.doubles(matrixAt!, size * size)
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < size; k++) {
      target[row * size + k] = (matrix[row * size + k]! + matrix[k * size + row]!) / 2
    }
  }
  kernel.eigen(matrixAt!, size, valuesAt, vectorsAt!, scratchAt!, workAt)
  const found = {
    values: arena.doubles(valuesAt, size).slice(),
    vectors: arena.doubles(vectorsAt!, size * size).slice(),
  }
  arena.release(mark)
  return found
}

/** matrix · turn, where `turn` is width × columns; both numbers are multiples of four. */
function rotate(
  kernel: Kernel,
  matrix: Float32Array,
  width: number,
  turn: Float64Array,
  columns: number,
): Float32Array {
  const { arena } = kernel
  const mark = arena.mark()
  const rows = matrix.length / width
  const [matrixAt, turnAt, turnedAt] = [matrix.length, turn.length, rows * columns].map((size) => arena.take(size * 4))
  arena.floats(matrixAt!, matrix.length).set(matrix)
  arena.floats(turnAt!, turn.length).set(turn)
  const turned = arena.floats(turnedAt!, rows * columns).fill(0)
  kernel.addWeightedSums(matrixAt!, rows, width, turnAt!, width, columns, turnedAt!)
  const copy = turned.slice()
  arena.release(mark)
  return copy
}

/** matrixᵀ matrix. */
function gramOf(kernel: Kernel, matrix: Float32Array, width: number): Float64Array {
  const { arena } = kernel
  const mark = arena.mark()
  const [matrixAt, gramAt] = [arena.take(matrix.length * 4), arena.take(width * width * 8)]
  arena.floats(matrixAt, matrix.length).set(matrix)
  const upper = arena.doubles(gramAt, width * width).fill(0)
  kernel.gram(matrixAt, 0, matrix.length / width, width, gramAt)
  const gram = upper.slice()
  arena.release(mark)
  for (let row = 0; row < width; row++) for (let k = 0; k < row; k++) gram[row * width + k] = gram[k * width + row]!
  return gram
}

function unitRows(matrix: Float32Array, width: number): Float32Array {
  for (let row = 0; row < matrix.length; row += width) {
    let square = 0
    for (let k = 0; k < width; k++) square += matrix[row + k]! ** 2
    const scale = square > 1e-20 ? 1 / Math.sqrt(square) : 0
    for (let k = 0; k < width; k++) matrix[row + k]! *= scale
  }
  return matrix
}

/** For each row the `edgesPerItem` others of highest positive dot product. */
function nearest(kernel: Kernel, rows: Float32Array, width: number, edgesPerItem: number): Graph {
  const { arena } = kernel
  const items = rows.length / width
  const rowsAt = arena.take(rows.length * 4)
  const scoresAt = arena.take(items * 4)
  const indexAt = arena.take((edgesPerItem + 1) * 4)
  const bestAt = arena.take((edgesPerItem + 1) * 4)
  arena.floats(rowsAt, rows.length).set(rows)
  const [index, best] = [arena.integers(indexAt, edgesPerItem + 1), arena.floats(bestAt, edgesPerItem + 1)]
  const offsets = new Int32Array(items + 1)
  const targets = new Int32Array(items * edgesPerItem)
  const weights = new Float32Array(items * edgesPerItem)
  let count = 0
  for (let row = 0; row < items; row++) {
    kernel.scores(rowsAt, items, width, rowsAt + row * width * 4, scoresAt)
    const found = kernel.topK(scoresAt, items, 0, Math.min(edgesPerItem + 1, items), indexAt, bestAt)
    let own = 0
    for (let n = 0; n < found && own < edgesPerItem; n++) {
      if (index[n] === row || !(best[n]! > 1e-4)) continue
      targets[count] = index[n]!
      weights[count++] = best[n]!
      own++
    }
    offsets[row + 1] = count
  }
  return { offsets, targets: targets.slice(0, count), weights: weights.slice(0, count) }
}
