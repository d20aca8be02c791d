import type { PreferenceWeights } from "../../src/core/preference/factors.ts"
import type { InteractionMatrix } from "../train/interaction-matrix.ts"
import { checkMatrix, checkParameters } from "./check.ts"
import type { FitMessage, FitStart } from "./fit-thread.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"
import { answerOf, startThread } from "./thread.ts"

export interface FitOptions {
  /** Threads that may work; the weights do not depend on their number. */
  readonly threads: number
  readonly onSweep?: (progress: SweepProgress) => void
}

/**
 * Learns item factors from weighted interactions by implicit alternating least squares (Hu, Koren and Volinsky 2008; Rendle et
 * al. 2021). It runs in a thread of its own, whose end frees the memory that the others share.
 */
export async function fitPreference(
  data: InteractionMatrix,
  parameters: PreferenceParameters,
  { threads, onSweep }: FitOptions,
): Promise<PreferenceWeights> {
  checkMatrix(data)
  checkParameters(parameters, threads)
  const { dimensions, regularization, unobservedWeight, frequencyExponent } = parameters
  const start: FitStart = { data, parameters, threads: worthwhileThreads(data, parameters, threads) }
  const thread = startThread("fit-thread", start)
  try {
    const learnt = await answerOf(thread, (message) => {
      const said = message as FitMessage
      if ("gram" in said) return said
      onSweep?.(said.progress)
      return undefined
    })
    return { dimensions, ...learnt, regularization, unobservedWeight, frequencyExponent }
  } finally {
    await thread.terminate()
  }
}

/** Multiplications that a thread does in about the tenth of a second that another one takes to start. */
const startWork = 2e9

function worthwhileThreads(
  data: InteractionMatrix,
  { dimensions, sweeps }: PreferenceParameters,
  threads: number,
): number {
  const accumulated = data.indexes.length * dimensions ** 2
  const factored = ((data.customers + data.items) * dimensions ** 3) / 6
  return Math.min(threads, 1 + Math.floor((sweeps * (accumulated + factored)) / startWork))
}
