import type { PreferenceWeights } from "../../src/core/preference/factors.ts"
import { createKernel, type Kernel } from "../../src/kernel/kernel.ts"
import { createSharedMemory } from "../../src/kernel/memory.ts"
import { checkMatrix } from "../data/check-matrix.ts"
import type { InteractionMatrix } from "../data/interaction-matrix.ts"
import { alternate } from "./alternate.ts"
import { readFactors } from "./gram.ts"
import { layOut } from "./layout.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"
import { checkParameters } from "./parameters.ts"

export interface FitOptions {
  /** Threads that work, the calling one among them; the weights do not depend on their number. */
  readonly threads: number
  readonly onSweep?: (progress: SweepProgress) => void
  /** Memory to fit in; without it the fit takes its own. */
  readonly kernel?: Kernel
}

/** Memory that one fit after another may use, as the collector does not count what threads share; a fit's weights lie in it until the next. */
export const createFitKernel = (): Kernel => createKernel(createSharedMemory())

/**
 * Learns item factors from weighted interactions by implicit alternating least squares (Hu, Koren and Volinsky 2008; Rendle et
 * al. 2021), on the calling thread and others beside it.
 */
export async function fitPreference(
  data: InteractionMatrix,
  parameters: PreferenceParameters,
  { threads, onSweep, kernel = createFitKernel() }: FitOptions,
): Promise<PreferenceWeights> {
  checkMatrix(data)
  checkParameters(parameters, threads)
  const { dimensions, regularization, unobservedWeight, frequencyExponent } = parameters
  const before = kernel.arena.mark()
  try {
    const layout = layOut(kernel, data, parameters, dimensions)
    const gram = await alternate(kernel, layout, parameters, worthwhileThreads(data, parameters, threads), onSweep)
    const itemFactors = readFactors(kernel, layout, "items", dimensions)
    return { dimensions, itemFactors, gram, regularization, unobservedWeight, frequencyExponent }
  } finally {
    kernel.arena.release(before)
  }
}

/** Multiplications that a thread does in about the tenth of a second that another one takes to start. */
const startWork = 2e9

function worthwhileThreads(
  { customers, items, indexes }: InteractionMatrix,
  { dimensions, sweeps }: PreferenceParameters,
  threads: number,
): number {
  const turned = 2.5 * (customers + items) * dimensions ** 2
  const solved = 32 * indexes.length * dimensions
  return Math.min(threads, 1 + Math.floor((sweeps * (turned + solved)) / startWork))
}
