import type { ThreadTask } from "../workers/thread-task.ts"
import type { Regressions } from "./local-regressions.ts"
import { solveRegressions } from "./solve-regressions.ts"

/** Solves blocks of shared regressions until none is left. */
export const task: ThreadTask<Regressions, null, void> = {
  module: import.meta.url,
  setUp: (regressions) => () => solveRegressions(regressions),
}
