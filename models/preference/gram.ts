import type { Kernel } from "../../src/kernel/kernel.ts"
import type { SideName } from "./blocks.ts"
import { blockRows, gramSlices, type Layout } from "./layout.ts"

/** The sum of the partial Gram matrices in their fixed order: symmetric, dimensions × dimensions. */
export function addGrams(kernel: Kernel, { grams, stride }: Layout, dimensions: number): Float64Array {
  const cells = stride * stride
  const slices = kernel.arena.doubles(grams, gramSlices * cells)
  const gram = new Float64Array(dimensions * dimensions)
  for (let row = 0; row < dimensions; row++) {
    for (let column = row; column < dimensions; column++) {
      let sum = 0
      for (let slice = 0; slice < gramSlices; slice++) sum += slices[slice * cells + row * stride + column]!
      gram[row * dimensions + column] = sum
      gram[column * dimensions + row] = sum
    }
  }
  return gram
}

/**
 * Finds the rotation that makes a Gram matrix diagonal and writes it and α₀ · its eigenvalues, which it returns, for the workers: with
 * both sides turned by it, every row's system is a diagonal one plus its own entries.
 */
export function writeRotation(kernel: Kernel, layout: Layout, gram: Float64Array, weight: number): Float64Array {
  const { arena } = kernel
  const { stride, diagonal, rotation, grams } = layout
  const dimensions = Math.sqrt(gram.length)
  const cells = stride * stride
  const [vectors, reflectors, values] = [grams + cells * 8, grams + 2 * cells * 8, grams + 3 * cells * 8]
  const matrix = arena.doubles(grams, cells).fill(0)
  for (let row = 0; row < dimensions; row++) {
    matrix.set(gram.subarray(row * dimensions, (row + 1) * dimensions), row * stride)
  }
  kernel.eigen(grams, stride, values, vectors, reflectors, values + stride * 8)
  const eigenvalues = arena.doubles(values, stride).map((value) => Math.max(0, value))
  arena.floats(diagonal, stride).set(eigenvalues.map((value) => weight * value))
  const turned = arena.doubles(vectors, cells)
  const panels = arena.floats(rotation, kernel.rotationBytes(stride) / 4).fill(0)
  for (let column = 0; column < stride; column++) {
    const panel = (column & ~7) * stride + (column & 7)
    for (let row = 0; row < stride; row++) panels[panel + row * 8] = turned[column * stride + row]!
  }
  return eigenvalues
}

/** One side's factors without padding, rows × dimensions: where they lie in shared memory, or a copy where that pads rows. */
export function readFactors(kernel: Kernel, layout: Layout, side: SideName, dimensions: number): Float32Array {
  const { rows, factors } = layout[side]
  const { stride } = layout
  const source = kernel.arena.floats(factors, rows * stride)
  if (stride === dimensions) return source
  const copy = new Float32Array(rows * dimensions)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < dimensions; column++) copy[row * dimensions + column] = source[row * stride + column]!
  }
  return copy
}

/** The observed part of the loss and both sides' regularisation. */
export function sumOfLosses(kernel: Kernel, { customers, items, losses, stride }: Layout): number {
  const blocks = kernel.arena.doubles(losses, Math.ceil(customers.rows / blockRows))
  const itemNorms = kernel.weightedNorms(0, items.rows, items.factors, stride, items.regularization)
  return blocks.reduce((sum, loss) => sum + loss, itemNorms)
}
