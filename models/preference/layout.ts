import { type PreferenceLoss, rowRegularization } from "../../src/core/preference/factors.ts"
import { type Kernel, strideOf } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import { findFloat } from "../data/check-matrix.ts"
import type { InteractionMatrix } from "../data/interaction-matrix.ts"

/** One side of the matrix in shared memory: its rows' entries (CSR), regularisation and factors. */
export interface Side {
  readonly rows: number
  readonly offsets: Address
  readonly indexes: Address
  /** 0 where every entry counts 1. */
  readonly confidence: Address
  readonly regularization: Address
  /** rows × stride, float32. */
  readonly factors: Address
}

/** Addresses of one fit's data in shared memory; plain numbers, so that they can be sent to threads. */
export interface Layout {
  readonly stride: number
  readonly customers: Side
  readonly items: Side
  /** α₀ · Gram of the fixed side, which the rotation makes diagonal: stride, float32. */
  readonly diagonal: Address
  /** Panels of eight columns, as the kernel's `rotate` reads them. */
  readonly rotation: Address
  /** `gramSlices` partial Gram matrices, stride × stride, float64. */
  readonly grams: Address
  /** One float64 for each block of customers. */
  readonly losses: Address
  /** The next block to be claimed, int32. */
  readonly counter: Address
}

/** Rows a worker claims at a time. */
export const blockRows = 64

/** Fixed, so that sums do not depend on the number of threads. */
export const gramSlices = 16

/** Size of a matrix. */
export interface MatrixSize {
  customers: number
  items: number
  entries: number
  /** Entries have confidences of their own; without, each counts 1. */
  weighted: boolean
}

export const matrixSize = ({ customers, items, indexes, confidence }: InteractionMatrix): MatrixSize => ({
  customers,
  items,
  entries: indexes.length,
  weighted: findFloat(confidence, (value) => value !== 1) !== undefined,
})

/** Takes the memory of a fit: both orders of the matrix, regularisation, and room for factors and sums. */
export function takeLayout(kernel: Kernel, size: MatrixSize, dimensions: number): Layout {
  const { arena } = kernel
  const stride = strideOf(dimensions)
  return {
    stride,
    customers: takeSide(kernel, size.customers, size, stride),
    items: takeSide(kernel, size.items, size, stride),
    diagonal: arena.take(stride * 4),
    rotation: arena.take(kernel.rotationBytes(stride)),
    grams: arena.take(gramSlices * stride * stride * 8),
    losses: arena.take(Math.ceil(size.customers / blockRows) * 8),
    counter: arena.take(4),
  }
}

/** Writes a part of the matrix by customer, which starts at entry `at`, where the fit reads it. */
export function writePart(
  { arena }: Kernel,
  { customers }: Layout,
  at: number,
  indexes: Int32Array,
  confidence: Float32Array,
): void {
  arena.integers(customers.indexes + at * 4, indexes.length).set(indexes)
  if (customers.confidence) arena.floats(customers.confidence + at * 4, confidence.length).set(confidence)
}

/** Once all parts are written: the offsets, the matrix by item, and what follows from both. */
export function completeLayout(kernel: Kernel, layout: Layout, offsets: Int32Array, loss: PreferenceLoss): void {
  const { customers, items } = layout
  kernel.arena.integers(customers.offsets, offsets.length).set(offsets)
  transpose(kernel, customers, items)
  writeRegularization(kernel, customers, loss, items.rows)
  writeRegularization(kernel, items, loss, customers.rows)
}

/** Lays a whole fit out in the kernel's memory. */
export function layOut(kernel: Kernel, data: InteractionMatrix, loss: PreferenceLoss, dimensions: number): Layout {
  const { offsets, indexes, confidence } = data
  const layout = takeLayout(kernel, matrixSize(data), dimensions)
  writePart(kernel, layout, 0, indexes, confidence)
  completeLayout(kernel, layout, offsets, loss)
  return layout
}

const takeSide = ({ arena }: Kernel, rows: number, { entries, weighted }: MatrixSize, stride: number): Side => ({
  rows,
  offsets: arena.take((rows + 1) * 4),
  indexes: arena.take(entries * 4),
  confidence: weighted ? arena.take(entries * 4) : 0,
  regularization: arena.take(rows * 4),
  factors: arena.take(rows * stride * 4),
})

/** Writes the matrix by item: the customers of each item in ascending order. */
function transpose({ arena }: Kernel, customers: Side, items: Side): void {
  const starts = arena.integers(customers.offsets, customers.rows + 1)
  const entries = starts[customers.rows]!
  const picked = arena.integers(customers.indexes, entries)
  const weighted = customers.confidence ? entries : 0
  const weights = arena.floats(customers.confidence, weighted)
  const offsets = arena.integers(items.offsets, items.rows + 1)
  const indexes = arena.integers(items.indexes, entries)
  const confidence = arena.floats(items.confidence, weighted)
  offsets.fill(0)
  for (const item of picked) offsets[item + 1]!++
  for (let item = 0; item < items.rows; item++) offsets[item + 1]! += offsets[item]!
  const next = offsets.slice(0, items.rows)
  for (let customer = 0; customer < customers.rows; customer++) {
    for (let entry = starts[customer]!; entry < starts[customer + 1]!; entry++) {
      const to = next[picked[entry]!]!++
      indexes[to] = customer
      if (weighted) confidence[to] = weights[entry]!
    }
  }
}

function writeRegularization({ arena }: Kernel, side: Side, loss: PreferenceLoss, others: number): void {
  const offsets = arena.integers(side.offsets, side.rows + 1)
  const confidence = arena.floats(side.confidence, side.confidence ? offsets[side.rows]! : 0)
  const regularization = arena.floats(side.regularization, side.rows)
  for (let row = 0; row < side.rows; row++) {
    const [from, to] = [offsets[row]!, offsets[row + 1]!]
    let total = side.confidence ? 0 : to - from
    if (side.confidence) for (let entry = from; entry < to; entry++) total += confidence[entry]!
    regularization[row] = rowRegularization(loss, total, others)
  }
}
