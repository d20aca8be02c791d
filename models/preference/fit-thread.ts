import { parentPort, workerData } from "node:worker_threads"
import { createKernel } from "../../src/kernel/kernel.ts"
import { createSharedMemory } from "../../src/kernel/memory.ts"
import { alternate } from "./alternate.ts"
import { copyFactors } from "./gram.ts"
import { completeLayout, type MatrixSize, takeLayout, writePart } from "./layout.ts"
import type { PreferenceParameters, SweepProgress } from "./parameters.ts"

/** Shared memory through which the entries come, a part at a time. */
export interface MatrixWindow {
  indexes: Int32Array
  confidence: Float32Array
}

/** What the thread that runs a fit is started with. */
export interface FitStart {
  window: MatrixWindow
  size: MatrixSize
  offsets: Int32Array
  parameters: PreferenceParameters
  threads: number
  /** Whether somebody wants to hear of every sweep, which costs its loss. */
  onSweep: boolean
}

/** What it says: that it waits for the next part, every sweep, and at last what was learnt. */
export type FitMessage = "next" | { progress: SweepProgress } | { itemFactors: Float32Array; gram: Float64Array }

const { window, size, offsets, parameters, threads, onSweep } = workerData as FitStart
const { dimensions } = parameters
const say = (message: FitMessage, moved: readonly ArrayBuffer[] = []) => parentPort!.postMessage(message, moved)

const kernel = createKernel(createSharedMemory())
const layout = takeLayout(kernel, size, dimensions)
for (let at = 0; at < size.entries; ) {
  const shown = new Promise<number>((resolve) => parentPort!.once("message", resolve))
  say("next")
  const count = await shown
  writePart(kernel, layout, at, window.indexes.subarray(0, count), window.confidence.subarray(0, count))
  at += count
}
completeLayout(kernel, layout, offsets, parameters)
const sayProgress = (progress: SweepProgress) => say({ progress })
const gram = await alternate(kernel, layout, parameters, threads, onSweep ? sayProgress : undefined)
const itemFactors = copyFactors(kernel, layout, "items", dimensions)
say({ itemFactors, gram }, [itemFactors.buffer as ArrayBuffer, gram.buffer as ArrayBuffer])
