import type { EvaluationQuery } from "../../data/window.ts"
import { withThreads } from "../../workers/thread.ts"
import type { Figures } from "./measure.ts"
import { type MeasureStart, task as measureTask } from "./measure-task.ts"

/** Megabytes for young objects of a thread that answers queries. */
const youngMb = 32

/** Returns the means of what threads measure, each with a release of its own and an even share of the queries. */
export async function measureInThreads(
  start: MeasureStart,
  queries: readonly EvaluationQuery[],
  threads: number,
): Promise<Figures> {
  const starts = Array.from({ length: threads }, () => ({ ...start, format: { ...start.format } }))
  const sums = await withThreads(
    measureTask,
    starts,
    (workers) =>
      Promise.all(workers.map((worker, thread) => worker.run(queries.filter((_, n) => n % threads === thread)))),
    { youngMb },
  )
  const names = Object.keys(sums[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [name, sums.reduce((sum, own) => sum + (own[name] ?? 0), 0) / queries.length]),
  )
}
