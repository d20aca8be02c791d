import { Worker } from "node:worker_threads"

/** Starts a module of `models` (its path there without extension) in a thread, from source or compiled; one that makes many objects wants more room for young ones. */
export function startThread(name: string, workerData: unknown, maxYoungGenerationSizeMb = 1): Worker {
  const fromSource = import.meta.url.endsWith(".ts")
  const url = new URL(`../${name}${fromSource ? ".ts" : ".js"}`, import.meta.url)
  const resourceLimits = { maxYoungGenerationSizeMb, stackSizeMb: 1 }
  return new Worker(url, { workerData, resourceLimits, execArgv: fromSource ? readTypeScript() : [] })
}

/** Node arguments that let a thread import TypeScript: on Node 20 `--import tsx` itself reaches the main thread only. */
function readTypeScript(): string[] {
  const api = JSON.stringify(import.meta.resolve("tsx/esm/api"))
  return ["--import", `data:text/javascript,${encodeURIComponent(`import { register } from ${api}; register()`)}`]
}

/** Resolves with the first message for which `take` has a value; rejects when the thread fails or ends before. */
export function answerOf<T>(worker: Worker, take: (message: unknown) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit)
      then()
    }
    const onMessage = (message: unknown) => {
      try {
        const value = take(message)
        if (value !== undefined) settle(() => resolve(value))
      } catch (error) {
        onError(error)
      }
    }
    const onError = (error: unknown) => settle(() => reject(error))
    const onExit = (code: number) => settle(() => reject(new Error(`a preference thread ended with code ${code}`)))
    worker.on("message", onMessage).on("error", onError).on("exit", onExit)
  })
}
