import type { ThreadTask } from "../../models/workers/thread-task.ts"

type Order = "double" | "fail" | "exit" | "wait"

/** Doubles its start, or does what a test wants to see of a thread. */
export const task: ThreadTask<number, Order, number> = {
  module: import.meta.url,
  setUp(start, report) {
    if (!Number.isFinite(start)) throw new RangeError(`${start} cannot be doubled`)
    report(`starts at ${start}`)
    let runs = 0
    return async (order) => {
      if (order === "fail") throw new RangeError("told to fail")
      if (order === "exit") process.exit(7)
      if (order === "wait") await new Promise(() => {})
      runs++
      report(`run ${runs}`)
      return 2 * start
    }
  },
}
