import { Worker } from "node:worker_threads"
import type { Figures } from "./measure.ts"
import type { MeasureStart } from "./measure-thread.ts"

/** The means of what threads measure, each with a release of its own and an even share of the questions. */
export async function measureInThreads(start: MeasureStart, threads: number): Promise<Figures> {
  const { questions } = start
  const shares = Array.from({ length: threads }, (_, thread) => questions.filter((_, n) => n % threads === thread))
  const sums = await Promise.all(shares.map((own) => sumsOf({ ...start, format: { ...start.format }, questions: own })))
  const names = Object.keys(sums[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [name, sums.reduce((sum, own) => sum + (own[name] ?? 0), 0) / questions.length]),
  )
}

function sumsOf(workerData: MeasureStart): Promise<Figures> {
  const api = JSON.stringify(import.meta.resolve("tsx/esm/api"))
  const readTypeScript = `data:text/javascript,${encodeURIComponent(`import { register } from ${api}; register()`)}`
  const worker = new Worker(new URL("./measure-thread.ts", import.meta.url), {
    workerData,
    execArgv: ["--import", readTypeScript],
  })
  return new Promise((resolve, reject) => {
    worker.once("message", resolve)
    worker.once("error", reject)
  })
}
