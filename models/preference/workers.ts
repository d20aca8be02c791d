import type { Kernel } from "../../src/kernel/kernel.ts"
import { startThread } from "../workers/thread.ts"
import { task as blockTask } from "./block-task.ts"
import { runBlocks, type Task } from "./blocks.ts"
import type { Layout } from "./layout.ts"

/** Threads that share one fit's memory. */
export interface Workers {
  /** Does a part of a sweep with all threads, the calling one included; rejects when one fails. */
  run(part: Task): Promise<void>
  stop(): Promise<void>
}

/** Starts `threads - 1` workers on a laid-out fit; each thread has scratch of its own. */
export function startWorkers(kernel: Kernel, layout: Layout, threads: number): Workers {
  const counter = kernel.arena.integers(layout.counter, 1)
  const scratchBytes = kernel.workBytes(layout.stride)
  const [ownScratch, ...scratches] = Array.from({ length: threads }, () => kernel.arena.take(scratchBytes))
  const { memory } = kernel
  const workers = scratches.map((scratch) => startThread(blockTask, { memory, layout, scratch }))
  return {
    async run(part) {
      Atomics.store(counter, 0, 0)
      const shares = workers.map((worker) => worker.run(part))
      const ownShare = async () => runBlocks(kernel, layout, ownScratch!, part)
      await Promise.all([...shares, ownShare()])
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
