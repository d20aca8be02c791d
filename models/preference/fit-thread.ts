import { parentPort, workerData } from "node:worker_threads"
import { createKernel } from "../../src/kernel/kernel.ts"
import { createSharedMemory } from "../../src/kernel/memory.ts"
import { alternate } from "./alternate.ts"
import { copyFactors } from "./gram.ts"
import { completeLayout, type MatrixPart, type MatrixSize, takeLayout, writePart } from "./layout.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"

/** What the thread that runs a fit is started with; the entries follow in parts. */
export interface FitStart {
  size: MatrixSize
  offsets: Int32Array
  parameters: PreferenceParameters
  threads: number
  /** Whether somebody wants to hear of every sweep, which costs its loss. */
  onSweep: boolean
}

/** What it says: that it waits for the next part, every sweep, and at last what was learnt. */
export type FitMessage = "next" | { progress: SweepProgress } | { itemFactors: Float32Array; gram: Float64Array }

const { size, offsets, parameters, threads, onSweep } = workerData as FitStart
const { dimensions } = parameters
const say = (message: FitMessage, moved: readonly ArrayBuffer[] = []) => parentPort!.postMessage(message, moved)

const kernel = createKernel(createSharedMemory())
const layout = takeLayout(kernel, size, dimensions)
for (let missing = size.entries; missing > 0; ) {
  const part = new Promise<MatrixPart>((resolve) => parentPort!.once("message", resolve))
  say("next")
  writePart(kernel, layout, await part)
  missing -= (await part).indexes.length
}
completeLayout(kernel, layout, offsets, parameters)
const sayProgress = (progress: SweepProgress) => say({ progress })
const gram = await alternate(kernel, layout, parameters, threads, onSweep ? sayProgress : undefined)
const itemFactors = copyFactors(kernel, layout, "items", dimensions)
say({ itemFactors, gram }, [itemFactors.buffer as ArrayBuffer, gram.buffer as ArrayBuffer])
