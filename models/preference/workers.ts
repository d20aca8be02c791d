import { Worker } from "node:worker_threads"
import type { Kernel } from "../../src/kernel/kernel.ts"
import type { Task } from "./blocks.ts"
import type { Layout } from "./layout.ts"
import type { WorkerStart } from "./worker.ts"

/** Threads that share one fit's memory. */
export interface Workers {
  /** Resolves when every block of the task is done; rejects when a thread fails. */
  run(task: Task): Promise<void>
  stop(): Promise<void>
}

/** Starts `threads` workers on a laid-out fit; each gets scratch of its own. */
export function startWorkers(kernel: Kernel, layout: Layout, threads: number): Workers {
  const counter = kernel.arena.integers(layout.counter, 1)
  const scratchBytes = kernel.scratchBytes(layout.stride)
  const scratches = Array.from({ length: threads }, () => kernel.arena.take(scratchBytes))
  const workers = scratches.map((scratch) => startWorker({ memory: kernel.memory, layout, scratch }))
  return {
    async run(task) {
      Atomics.store(counter, 0, 0)
      await Promise.all(workers.map((worker) => runOn(worker, task)))
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

function startWorker(workerData: WorkerStart): Worker {
  const fromSource = import.meta.url.endsWith(".ts")
  const name = fromSource ? "./worker.ts" : "./worker.js"
  return new Worker(new URL(name, import.meta.url), { workerData, execArgv: fromSource ? readTypeScript() : [] })
}

/** Node arguments that let a thread import TypeScript: on Node 20 `--import tsx` itself reaches the main thread only. */
function readTypeScript(): string[] {
  const api = JSON.stringify(import.meta.resolve("tsx/esm/api"))
  return ["--import", `data:text/javascript,${encodeURIComponent(`import { register } from ${api}; register()`)}`]
}

function runOn(worker: Worker, task: Task): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      worker.off("message", onDone).off("error", onError).off("exit", onExit)
      then()
    }
    const onDone = () => settle(resolve)
    const onError = (error: unknown) => settle(() => reject(error))
    const onExit = (code: number) => settle(() => reject(new Error(`a preference worker stopped with code ${code}`)))
    worker.on("message", onDone).on("error", onError).on("exit", onExit)
    worker.postMessage(task)
  })
}
