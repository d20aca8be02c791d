import { createKernel } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import type { ThreadTask } from "../workers/thread-task.ts"
import { runBlocks, type Task } from "./blocks.ts"
import type { Layout } from "./layout.ts"

/** The shared memory of a fit, where things lie in it, and a thread's own scratch. */
interface FitMemory {
  memory: WebAssembly.Memory
  layout: Layout
  scratch: Address
}

/** Does blocks of each part of a sweep, beside the thread that fits. */
export const task: ThreadTask<FitMemory, Task, void> = {
  module: import.meta.url,
  setUp({ memory, layout, scratch }) {
    const kernel = createKernel(memory)
    return (part) => runBlocks(kernel, layout, scratch, part)
  },
}
