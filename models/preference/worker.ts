import { parentPort, workerData } from "node:worker_threads"
import { createKernel } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import { runBlocks, type Task } from "./blocks.ts"
import type { Layout } from "./layout.ts"

/** What a worker thread is started with: the shared memory, where things lie in it, and its own scratch. */
export interface WorkerStart {
  memory: WebAssembly.Memory
  layout: Layout
  scratch: Address
}

const { memory, layout, scratch } = workerData as WorkerStart
const kernel = createKernel(memory)

parentPort!.on("message", (task: Task) => {
  runBlocks(kernel, layout, scratch, task)
  parentPort!.postMessage("done")
})
