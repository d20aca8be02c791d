import { basename } from "node:path"
import { Worker } from "node:worker_threads"
import type { ThreadMessage, ThreadReply, ThreadStart } from "./thread-entry.ts"
import type { ThreadTask } from "./thread-task.ts"

export interface ThreadOptions {
  /** Takes the lines that the task reports. */
  onProgress?: (line: string) => void
  /** Megabytes for young objects; a task that makes many wants more. */
  youngMb?: number
}

/** A thread that does one task for one input after the other. */
export interface Thread<Input, Output> {
  /** Resolves with the handler's output; rejects with its error, with that of `setUp`, or when the thread ends. */
  run(input: Input): Promise<Output>
  /** Ends the thread; what still runs is given up. */
  stop(): Promise<void>
}

/** Starts a thread on a task, from source or compiled. */
export function startThread<Start, Input, Output>(
  { module }: ThreadTask<Start, Input, Output>,
  start: Start,
  { onProgress, youngMb = 1 }: ThreadOptions = {},
): Thread<Input, Output> {
  const fromSource = import.meta.url.endsWith(".ts")
  const entry = new URL(`./thread-entry${fromSource ? ".ts" : ".js"}`, import.meta.url)
  const workerData: ThreadStart = { module, start }
  const resourceLimits = { maxYoungGenerationSizeMb: youngMb, stackSizeMb: 1 }
  const worker = new Worker(entry, { workerData, resourceLimits, execArgv: fromSource ? readTypeScript() : [] })
  const waiting = new Map<number, { resolve: (output: Output) => void; reject: (error: unknown) => void }>()
  let latest = 0
  let ended: { error: unknown } | null = null
  const end = (error: unknown) => {
    ended ??= { error }
    for (const { reject } of waiting.values()) reject(ended.error)
    waiting.clear()
  }
  worker.on("error", end)
  worker.on("exit", (code) => end(new Error(`the thread of ${basename(module)} ended with code ${code}`)))
  worker.on("message", (reply: ThreadReply) => {
    if (reply.kind === "progress") return onProgress?.(reply.line)
    const run = waiting.get(reply.run)
    waiting.delete(reply.run)
    if (reply.kind === "output") run?.resolve(reply.output as Output)
    else run?.reject(reply.error)
  })
  return {
    run: (input) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended.error)
        const run = ++latest
        waiting.set(run, { resolve, reject })
        const message: ThreadMessage = { run, input }
        worker.postMessage(message)
      }),
    async stop() {
      await worker.terminate()
    },
  }
}

/** Starts one thread for each of `starts`, lets `use` have them, and ends them, however that went. */
export async function withThreads<Start, Input, Output, Result>(
  task: ThreadTask<Start, Input, Output>,
  starts: readonly Start[],
  use: (threads: readonly Thread<Input, Output>[]) => Promise<Result>,
  options?: ThreadOptions,
): Promise<Result> {
  const threads = starts.map((start) => startThread(task, start, options))
  try {
    return await use(threads)
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()))
  }
}

/** Node arguments that let a thread import TypeScript: on Node 20 `--import tsx` itself reaches the main thread only. */
function readTypeScript(): string[] {
  const api = JSON.stringify(import.meta.resolve("tsx/esm/api"))
  return ["--import", `data:text/javascript,${encodeURIComponent(`import { register } from ${api}; register()`)}`]
}
