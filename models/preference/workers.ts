import type { Kernel } from "../../src/kernel/kernel.ts"
import { answerOf, startThread } from "../workers/thread.ts"
import { runBlocks, type Task } from "./blocks.ts"
import type { Layout } from "./layout.ts"
import type { WorkerStart } from "./worker.ts"

/** Threads that share one fit's memory. */
export interface Workers {
  /** Does the task with all threads, the calling one included; rejects when one fails. */
  run(task: Task): Promise<void>
  stop(): Promise<void>
}

/** Starts `threads - 1` workers on a laid-out fit; each thread has scratch of its own. */
export function startWorkers(kernel: Kernel, layout: Layout, threads: number): Workers {
  const counter = kernel.arena.integers(layout.counter, 1)
  const scratchBytes = kernel.workBytes(layout.stride)
  const [ownScratch, ...scratches] = Array.from({ length: threads }, () => kernel.arena.take(scratchBytes))
  const workers = scratches.map((scratch) => {
    const start: WorkerStart = { memory: kernel.memory, layout, scratch }
    return startThread("preference/worker", start)
  })
  return {
    async run(task) {
      Atomics.store(counter, 0, 0)
      const answers = workers.map((worker) => answerOf(worker, (message) => message === "done" || undefined))
      for (const worker of workers) worker.postMessage(task)
      const ownShare = async () => runBlocks(kernel, layout, ownScratch!, task)
      await Promise.all([...answers, ownShare()])
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
