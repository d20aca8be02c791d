import { createKernel, type Kernel } from "../../src/kernel/kernel.ts"
import { createSharedMemory } from "../../src/kernel/memory.ts"
import { createRandom, normal } from "../random.ts"
import type { InteractionMatrix } from "../train/interaction-matrix.ts"
import type { SideName } from "./blocks.ts"
import { addGrams, sumOfLosses, writeBase } from "./gram.ts"
import { type Layout, layOut } from "./layout.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"
import { startWorkers } from "./workers.ts"

/** A finished fit in shared memory: the last half-sweep solved the customers against these item factors. */
export interface Fit {
  readonly kernel: Kernel
  readonly layout: Layout
  /** Of the items: dimensions × dimensions. */
  readonly gram: Float64Array
}

/** Alternates sweeps of least squares over items and customers, with `threads - 1` threads beside the calling one, which it blocks. */
export async function alternate(
  data: InteractionMatrix,
  parameters: PreferenceParameters,
  threads: number,
  onSweep: (progress: SweepProgress) => void,
): Promise<Fit> {
  const { dimensions, sweeps, unobservedWeight } = parameters
  const kernel = createKernel(createSharedMemory())
  const layout = layOut(kernel, data, parameters, dimensions)
  drawCustomers(kernel, layout, parameters)
  const workers = startWorkers(kernel, layout, threads)
  const gramOf = async (side: SideName) => {
    await workers.run({ kind: "gram", side })
    return addGrams(kernel, layout, dimensions)
  }
  try {
    let customerGram = await gramOf("customers")
    let itemGram = customerGram
    for (let sweep = 1; sweep <= sweeps; sweep++) {
      writeBase(kernel, layout, customerGram, unobservedWeight)
      await workers.run({ kind: "solve", side: "items" })
      itemGram = await gramOf("items")
      writeBase(kernel, layout, itemGram, unobservedWeight)
      await workers.run({ kind: "solve", side: "customers" })
      customerGram = await gramOf("customers")
      await workers.run({ kind: "loss" })
      const allPairs = itemGram.reduce((sum, value, cell) => sum + value * customerGram[cell]!, 0)
      onSweep({ sweep, sweeps, loss: sumOfLosses(kernel, layout) + unobservedWeight * allPairs })
    }
    return { kernel, layout, gram: itemGram }
  } finally {
    await workers.stop()
  }
}

/** Customers start at normal draws of deviation 0.1 / √dimensions, as in Rendle et al. 2021. */
function drawCustomers(
  kernel: Kernel,
  { customers, stride }: Layout,
  { dimensions, seed }: PreferenceParameters,
): void {
  const factors = kernel.arena.floats(customers.factors, customers.rows * stride).fill(0)
  const random = createRandom(seed)
  const deviation = 0.1 / Math.sqrt(dimensions)
  for (let row = 0; row < customers.rows; row++) {
    for (let column = 0; column < dimensions; column++) factors[row * stride + column] = deviation * normal(random)
  }
}
