import { type PreferenceLoss, rowRegularization } from "../../src/core/preference/factors.ts"
import { type Kernel, strideOf } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import type { InteractionMatrix } from "../train/interaction-matrix.ts"

/** One side of the matrix in shared memory: its rows' entries (CSR), regularisation and factors. */
export interface Side {
  readonly rows: number
  readonly offsets: Address
  readonly indexes: Address
  readonly confidence: Address
  readonly regularization: Address
  /** rows × stride, float32. */
  readonly factors: Address
}

/** Where everything of one fit lies in shared memory; plain numbers, so that it can be sent to worker threads. */
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

/** Lays a fit out in the kernel's memory: both orders of the matrix, regularisation, and room for factors and sums. */
export function layOut(kernel: Kernel, data: InteractionMatrix, loss: PreferenceLoss, dimensions: number): Layout {
  const { arena } = kernel
  const stride = strideOf(dimensions)
  const customers = takeSide(kernel, data.customers, data.indexes.length, stride)
  arena.integers(customers.offsets, data.customers + 1).set(data.offsets)
  arena.integers(customers.indexes, data.indexes.length).set(data.indexes)
  arena.floats(customers.confidence, data.indexes.length).set(data.confidence)
  const items = takeSide(kernel, data.items, data.indexes.length, stride)
  transpose(kernel, data, items)
  writeRegularization(kernel, customers, loss, data.items)
  writeRegularization(kernel, items, loss, data.customers)
  return {
    stride,
    customers,
    items,
    diagonal: arena.take(stride * 4),
    rotation: arena.take(kernel.rotationBytes(stride)),
    grams: arena.take(gramSlices * stride * stride * 8),
    losses: arena.take(Math.ceil(data.customers / blockRows) * 8),
    counter: arena.take(4),
  }
}

const takeSide = ({ arena }: Kernel, rows: number, entries: number, stride: number): Side => ({
  rows,
  offsets: arena.take((rows + 1) * 4),
  indexes: arena.take(entries * 4),
  confidence: arena.take(entries * 4),
  regularization: arena.take(rows * 4),
  factors: arena.take(rows * stride * 4),
})

/** Writes the matrix by item: the customers of each item in ascending order. */
function transpose({ arena }: Kernel, data: InteractionMatrix, items: Side): void {
  const entries = data.indexes.length
  const offsets = arena.integers(items.offsets, data.items + 1)
  const indexes = arena.integers(items.indexes, entries)
  const confidence = arena.floats(items.confidence, entries)
  offsets.fill(0)
  for (const item of data.indexes) offsets[item + 1]!++
  for (let item = 0; item < data.items; item++) offsets[item + 1]! += offsets[item]!
  const next = offsets.slice(0, data.items)
  for (let customer = 0; customer < data.customers; customer++) {
    for (let entry = data.offsets[customer]!; entry < data.offsets[customer + 1]!; entry++) {
      const to = next[data.indexes[entry]!]!++
      indexes[to] = customer
      confidence[to] = data.confidence[entry]!
    }
  }
}

function writeRegularization({ arena }: Kernel, side: Side, loss: PreferenceLoss, others: number): void {
  const offsets = arena.integers(side.offsets, side.rows + 1)
  const confidence = arena.floats(side.confidence, offsets[side.rows]!)
  const regularization = arena.floats(side.regularization, side.rows)
  for (let row = 0; row < side.rows; row++) {
    let total = 0
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) total += confidence[entry]!
    regularization[row] = rowRegularization(loss, total, others)
  }
}
