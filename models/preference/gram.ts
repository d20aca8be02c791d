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

/** Writes weight · Gram where the workers start each row's matrix from. */
export function writeBase(kernel: Kernel, { base, stride }: Layout, gram: Float64Array, weight: number): void {
  const dimensions = Math.sqrt(gram.length)
  const target = kernel.arena.floats(base, stride * stride).fill(0)
  gram.forEach((value, cell) => {
    target[Math.floor(cell / dimensions) * stride + (cell % dimensions)] = weight * value
  })
}

/** Copies one side's factors out of shared memory, without padding: rows × dimensions. */
export function copyFactors(kernel: Kernel, layout: Layout, side: SideName, dimensions: number): Float32Array {
  const { rows, factors } = layout[side]
  const copy = new Float32Array(rows * dimensions)
  for (let row = 0; row < rows; row++) {
    copy.set(kernel.arena.floats(factors + row * layout.stride * 4, dimensions), row * dimensions)
  }
  return copy
}

/** The observed part of the loss and both sides' regularisation. */
export function sumOfLosses(kernel: Kernel, { customers, items, losses, stride }: Layout): number {
  const blocks = kernel.arena.doubles(losses, Math.ceil(customers.rows / blockRows))
  const itemNorms = kernel.weightedNorms(0, items.rows, items.factors, stride, items.regularization)
  return blocks.reduce((sum, loss) => sum + loss, itemNorms)
}
