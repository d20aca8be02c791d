import type { PreferenceWeights } from "../../src/core/preference/factors.ts"
import type { InteractionMatrix } from "../train/interaction-matrix.ts"
import { checkMatrix, checkParameters } from "./check.ts"
import type { FitMessage, FitStart, MatrixWindow } from "./fit-thread.ts"
import { matrixSize } from "./layout.ts"
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
  const window = createWindow()
  const parts = partsOf(data, window)
  const start: FitStart = {
    window,
    size: matrixSize(data),
    offsets: data.offsets,
    parameters,
    threads: worthwhileThreads(data, parameters, threads),
    onSweep: onSweep !== undefined,
  }
  const thread = startThread("fit-thread", start)
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

/** Entries passed at a time, so that a fit holds its matrix once and never a second copy on the way. */
const windowEntries = 1 << 16

const createWindow = (): MatrixWindow => ({
  indexes: new Int32Array(new SharedArrayBuffer(windowEntries * 4)),
  confidence: new Float32Array(new SharedArrayBuffer(windowEntries * 4)),
})

/** Shows one part of the matrix after the other in the window and says how many entries it shows. */
function* partsOf({ indexes, confidence }: InteractionMatrix, window: MatrixWindow): Generator<number> {
  for (let at = 0; at < indexes.length; at += windowEntries) {
    window.indexes.set(indexes.subarray(at, at + windowEntries))
    window.confidence.set(confidence.subarray(at, at + windowEntries))
    yield Math.min(windowEntries, indexes.length - at)
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
