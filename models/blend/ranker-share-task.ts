import type { ThreadTask } from "../workers/thread-task.ts"
import type { RankerTaskResult } from "./fit-ranker-task.ts"
import { type RankerWork, runShare } from "./ranker-share.ts"

/** Does a share of the tasks of rankers. */
export const task: ThreadTask<RankerWork, null, Map<number, RankerTaskResult>> = {
  module: import.meta.url,
  setUp: (work) => () => runShare(work),
}
