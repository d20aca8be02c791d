import type { Kernel } from "../../src/kernel/kernel.ts"
import { createRandom, normal } from "../random.ts"
import type { SideName } from "./blocks.ts"
import { addGrams, sumOfLosses, writeRotation } from "./gram.ts"
import type { Layout } from "./layout.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"
import { startWorkers } from "./workers.ts"

/**
 * Alternates sweeps of least squares over customers and items, with `threads - 1` threads beside the calling one, which it
 * blocks; leaves both sides' factors in the layout, turned so that the items' Gram matrix is diagonal, and returns that, dimensions × dimensions.
 */
export async function alternate(
  kernel: Kernel,
  layout: Layout,
  parameters: PreferenceParameters,
  threads: number,
  onSweep?: (progress: SweepProgress) => void,
): Promise<Float64Array> {
  const { dimensions, sweeps, unobservedWeight } = parameters
  drawItems(kernel, layout, parameters)
  const workers = startWorkers(kernel, layout, threads)
  const gramOf = async (side: SideName) => {
    await workers.run({ kind: "gram", side })
    return addGrams(kernel, layout, dimensions)
  }
  const solve = async (side: SideName, fixedGram: Float64Array) => {
    const eigenvalues = writeRotation(kernel, layout, fixedGram, unobservedWeight)
    await workers.run({ kind: "rotate" })
    await workers.run({ kind: "solve", side })
    return eigenvalues
  }
  try {
    let itemGram = await gramOf("items")
    for (let sweep = 1; sweep <= sweeps; sweep++) {
      await solve("customers", itemGram)
      const eigenvalues = await solve("items", await gramOf("customers"))
      itemGram = await gramOf("items")
      if (!onSweep) continue
      await workers.run({ kind: "loss" })
      const allPairs = eigenvalues.reduce((sum, value, at) => sum + value * (itemGram[at * (dimensions + 1)] ?? 0), 0)
      onSweep({ sweep, sweeps, loss: sumOfLosses(kernel, layout) + unobservedWeight * allPairs })
    }
    const eigenvalues = writeRotation(kernel, layout, itemGram, unobservedWeight)
    await workers.run({ kind: "rotate" })
    return diagonalMatrix(eigenvalues, dimensions)
  } finally {
    await workers.stop()
  }
}

function diagonalMatrix(values: Float64Array, size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let k = 0; k < size; k++) matrix[k * (size + 1)] = values[k]!
  return matrix
}

/** Items start at normal draws of deviation 0.1 / √dimensions, as in Rendle et al. 2021. */
function drawItems(kernel: Kernel, { customers, items, stride }: Layout, { dimensions, seed }: PreferenceParameters) {
  kernel.arena.floats(customers.factors, customers.rows * stride).fill(0)
  const factors = kernel.arena.floats(items.factors, items.rows * stride).fill(0)
  const random = createRandom(seed)
  const deviation = 0.1 / Math.sqrt(dimensions)
  for (let row = 0; row < items.rows; row++) {
    for (let column = 0; column < dimensions; column++) factors[row * stride + column] = deviation * normal(random)
  }
}
