import type { PreferenceWeights } from "../../src/core/preference/factors.ts"
import type { InteractionMatrix } from "../train/interaction-matrix.ts"
import { checkMatrix, checkParameters } from "./check.ts"
import type { FitMessage, FitStart } from "./fit-thread.ts"
import type { MatrixPart } from "./layout.ts"
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
  const { customers, items, offsets, indexes } = data
  const start: FitStart = {
    size: { customers, items, entries: indexes.length },
    offsets,
    parameters,
    threads: worthwhileThreads(data, parameters, threads),
    onSweep: onSweep !== undefined,
  }
  const thread = startThread("fit-thread", start)
  const parts = partsOf(data)
  try {
    const learnt = await answerOf(thread, (message) => {
      const said = message as FitMessage
      if (said === "next") thread.postMessage(parts.next().value)
      else if ("gram" in said) return said
      else onSweep?.(said.progress)
      return undefined
    })
    return { dimensions, ...learnt, regularization, unobservedWeight, frequencyExponent }
  } finally {
    await thread.terminate()
  }
}

/** Entries sent at a time, so that a fit holds its matrix once and never a second copy on the way. */
const partEntries = 1 << 17

function* partsOf({ indexes, confidence }: InteractionMatrix): Generator<MatrixPart> {
  for (let at = 0; at < indexes.length; at += partEntries) {
    const part = { indexes: indexes.slice(at, at + partEntries), confidence: confidence.slice(at, at + partEntries) }
    yield { at, ...part }
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
