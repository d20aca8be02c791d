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

function localScratch({ byCustomer, byItem, support }: Regressions): LocalScratch {
  const kernel = createKernel()
  const stride = strideOf(support)
  const most = byItem.offsets
    .map((offset, item) => (byItem.offsets[item + 1] ?? offset) - offset)
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

/** Adds the weight of each pair of sources to the upper triangle, customer by customer, so that no pair is visited in vain. */
function addPairs(
  { byItem, share }: Regressions,
  sources: Int32Array,
  { latest, before, place, confidence }: LocalScratch,
  matrix: Float32Array,
  stride: number,
): void {
  let touches = 0
  for (let column = 0; column < sources.length; column++) {
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
  for (const source of sources) {
    for (let n = byItem.offsets[source]!; n < byItem.offsets[source + 1]!; n++) latest[byItem.indexes[n]!] = 0
  }
}
