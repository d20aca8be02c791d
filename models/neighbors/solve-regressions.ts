import { createKernel, type Kernel, solverParts, strideOf } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import { chooseSources, type PairScratch, pairScratch } from "./choose-sources.ts"
import type { Regressions } from "./local-regressions.ts"

/** Items a thread claims at a time. */
const blockItems = 32

/** Solves blocks of regressions until none is left; threads that share them divide them. */
export function solveRegressions(work: Regressions): void {
  const pairs = pairScratch(work.items)
  const local = localScratch(work)
  while (true) {
    const from = Atomics.add(work.counter, 0, blockItems)
    if (from >= work.items) return
    for (let target = from; target < Math.min(from + blockItems, work.items); target++) {
      const sources = chooseSources(work, target, pairs)
      if (sources.length === 0) continue
      work.sources.set(sources, target * work.support)
      work.solution.set(solve(work, sources, pairs, local), target * work.support)
    }
  }
}

interface LocalScratch {
  kernel: Kernel
  stride: number
  /** stride × stride, float32, then what `substitute` needs. */
  at: Address
  /** For each customer the latest of their touches, 1-based; 0 without any. */
  latest: Int32Array
  /** For each touch the one before of the same customer, the place of its source, and the confidence. */
  before: Int32Array
  place: Int32Array
  confidence: Float32Array
}

function localScratch({ byCustomer, byItem, support, popularPlace }: Regressions): LocalScratch {
  const kernel = createKernel()
  const stride = strideOf(support)
  const having = popularPlace.map((place, item) => (place < 0 ? byItem.offsets[item + 1]! - byItem.offsets[item]! : 0))
  const most = having
    .sort()
    .subarray(-support)
    .reduce((sum, count) => sum + count, 0)
  return {
    kernel,
    stride,
    at: kernel.arena.take(stride * (stride + 2) * 4),
    latest: new Int32Array(byCustomer.customers),
    before: new Int32Array(most),
    place: new Int32Array(most),
    confidence: new Float32Array(most),
  }
}

/** The ridge regression of the target, whose pair weights are at hand, on its sources; one weight a source. */
function solve(work: Regressions, sources: Int32Array, { weights }: PairScratch, local: LocalScratch): Float32Array {
  const { kernel, at } = local
  const stride = strideOf(sources.length)
  const parts = solverParts(at, stride)
  const matrix = kernel.arena.floats(parts.matrix, stride * stride).fill(0)
  addPairs(work, sources, local, matrix, stride)
  const right = kernel.arena.floats(parts.right, stride).fill(0)
  sources.forEach((source, place) => {
    matrix[place * (stride + 1)]! += work.ridge[source]!
    right[place] = weights[source]!
  })
  kernel.cholesky(parts.matrix, parts.inverse, stride)
  kernel.substitute(parts.matrix, parts.inverse, stride, parts.right)
  return right.subarray(0, sources.length)
}

/** Adds the weight of each pair of sources to the upper triangle: of two popular ones as known, of others customer by customer. */
function addPairs(work: Regressions, sources: Int32Array, local: LocalScratch, matrix: Float32Array, stride: number) {
  const { popularPlace, popularPairs } = work
  const size = Math.sqrt(popularPairs.length)
  const rare: number[] = []
  const popular: number[] = []
  sources.forEach((source, column) => {
    if (popularPlace[source]! < 0) rare.push(column)
    else popular.push(column)
  })
  for (const row of popular) {
    const from = popularPlace[sources[row]!]! * size
    for (const column of popular) {
      if (column >= row) matrix[row * stride + column]! += popularPairs[from + popularPlace[sources[column]!]!]!
    }
  }
  const touched = addRarePairs(work, sources, rare, local, matrix, stride)
  if (touched > 0) for (const column of popular) addPairsWithRare(work, sources, column, local, matrix, stride)
  for (const column of rare) {
    const source = sources[column]!
    for (let n = work.byItem.offsets[source]!; n < work.byItem.offsets[source + 1]!; n++) {
      local.latest[work.byItem.indexes[n]!] = 0
    }
  }
}

/** Adds the pairs of these columns with themselves and each other, and leaves their customers' touches; returns how many. */
function addRarePairs(
  { byItem, share }: Regressions,
  sources: Int32Array,
  columns: readonly number[],
  { latest, before, place, confidence }: LocalScratch,
  matrix: Float32Array,
  stride: number,
): number {
  let touches = 0
  for (const column of columns) {
    const source = sources[column]!
    for (let n = byItem.offsets[source]!; n < byItem.offsets[source + 1]!; n++) {
      const customer = byItem.indexes[n]!
      const touch = touches++
      before[touch] = latest[customer]!
      place[touch] = column
      confidence[touch] = byItem.confidence[n]!
      latest[customer] = touch + 1
      const weight = share[customer]! * byItem.confidence[n]!
      for (let k = touch + 1; k > 0; k = before[k - 1]!) {
        matrix[place[k - 1]! * stride + column]! += weight * confidence[k - 1]!
      }
    }
  }
  return touches
}

/** Adds the pairs of a popular column with the rare ones that its customers have. */
function addPairsWithRare(
  { byItem, share }: Regressions,
  sources: Int32Array,
  column: number,
  { latest, before, place, confidence }: LocalScratch,
  matrix: Float32Array,
  stride: number,
): void {
  const source = sources[column]!
  for (let n = byItem.offsets[source]!; n < byItem.offsets[source + 1]!; n++) {
    const customer = byItem.indexes[n]!
    if (latest[customer] === 0) continue
    const weight = share[customer]! * byItem.confidence[n]!
    for (let k = latest[customer]!; k > 0; k = before[k - 1]!) {
      const other = place[k - 1]!
      matrix[Math.min(other, column) * stride + Math.max(other, column)]! += weight * confidence[k - 1]!
    }
  }
}
