import { withThreads } from "../workers/thread.ts"
import { multiplicationsOf, type RankerTaskResult } from "./fit-ranker-task.ts"
import { type RankerWork, runShare, startWork } from "./ranker-share.ts"
import { task as rankerShareTask } from "./ranker-share-task.ts"

/**
 * Does all tasks with `threads` threads; `undefined` for one that would not have ended in time. The results do not depend on the number of
 * threads where time does not end.
 */
export async function runRankerTasks(
  work: Omit<RankerWork, "counter">,
  threads: number,
  now: () => number = Date.now,
): Promise<(RankerTaskResult | undefined)[]> {
  const shared: RankerWork = { ...work, counter: new Int32Array(new SharedArrayBuffer(4)) }
  const total = work.tasks.reduce((sum, task) => sum + multiplicationsOf(task, work.datasets[task.repeats]), 0)
  const helpers = Math.min(threads, work.tasks.length, 1 + Math.floor(total / startWork)) - 1
  const starts = Array.from({ length: Math.max(0, helpers) }, () => shared)
  const shares = await withThreads(rankerShareTask, starts, (workers) => {
    const ownShare = async () => runShare(shared, now)
    return Promise.all([...workers.map((worker) => worker.run(null)), ownShare()])
  })
  const done = new Map(shares.flatMap((share) => [...share]))
  return work.tasks.map((_, n) => done.get(n))
}
