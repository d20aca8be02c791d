import { parentPort, workerData } from "node:worker_threads"
import type { InteractionMatrix } from "../train/interaction-matrix.ts"
import { alternate } from "./alternate.ts"
import { copyFactors } from "./gram.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"

/** What the thread that runs a fit is started with. */
export interface FitStart {
  data: InteractionMatrix
  parameters: PreferenceParameters
  threads: number
}

/** What it says: every sweep, and at last what was learnt. */
export type FitMessage = { progress: SweepProgress } | { itemFactors: Float32Array; gram: Float64Array }

const { data, parameters, threads } = workerData as FitStart
const say = (message: FitMessage) => parentPort!.postMessage(message)

const { kernel, layout, gram } = await alternate(data, parameters, threads, (progress) => say({ progress }))
say({ itemFactors: copyFactors(kernel, layout, "items", parameters.dimensions), gram })
