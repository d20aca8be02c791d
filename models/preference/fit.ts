import type { PreferenceWeights } from "../../src/core/preference/factors.ts"
import { createKernel, type Kernel } from "../../src/kernel/kernel.ts"
import { createRandom, normal } from "../random.ts"
import type { InteractionMatrix } from "../train/interaction-matrix.ts"
import type { SideName } from "./blocks.ts"
import { checkMatrix, checkParameters } from "./check.ts"
import { addGrams, copyFactors, sumOfLosses, writeBase } from "./gram.ts"
import { type Layout, layOut } from "./layout.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"
import { startWorkers } from "./workers.ts"

export interface FitOptions {
  /** Worker threads; the weights do not depend on their number. */
  readonly threads: number
  readonly onSweep?: (progress: SweepProgress) => void
}

/** Weights of both sides after a fit; the last half-sweep solved the customers against these item factors. */
export interface PreferenceFit extends PreferenceWeights {
  /** customers × dimensions */
  readonly customerFactors: Float32Array
}

/** Learns item factors from weighted interactions by implicit alternating least squares (Hu, Koren and Volinsky 2008; Rendle et al. 2021). */
export async function fitPreference(
  data: InteractionMatrix,
  parameters: PreferenceParameters,
  options: FitOptions,
): Promise<PreferenceWeights> {
  const { customerFactors: _, ...weights } = await fitBothSides(data, parameters, options)
  return weights
}

/** The same with the customers' factors. */
export async function fitBothSides(
  data: InteractionMatrix,
  parameters: PreferenceParameters,
  options: FitOptions,
): Promise<PreferenceFit> {
  checkMatrix(data)
  checkParameters(parameters, options.threads)
  const { dimensions, sweeps, regularization, unobservedWeight, frequencyExponent } = parameters
  const kernel = createKernel()
  const layout = layOut(kernel, data, parameters, dimensions)
  drawCustomers(kernel, layout, parameters)
  const workers = startWorkers(kernel, layout, options.threads)
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
      options.onSweep?.({ sweep, sweeps, loss: sumOfLosses(kernel, layout) + unobservedWeight * allPairs })
    }
    return {
      dimensions,
      itemFactors: copyFactors(kernel, layout, "items", dimensions),
      customerFactors: copyFactors(kernel, layout, "customers", dimensions),
      gram: itemGram,
      regularization,
      unobservedWeight,
      frequencyExponent,
    }
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
  const factors = kernel.arena.floats(customers.factors, customers.rows * stride)
  const random = createRandom(seed)
  const deviation = 0.1 / Math.sqrt(dimensions)
  for (let row = 0; row < customers.rows; row++) {
    for (let column = 0; column < dimensions; column++) factors[row * stride + column] = deviation * normal(random)
  }
}
