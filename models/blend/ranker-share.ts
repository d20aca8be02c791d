import type { Repeats } from "../../src/core/preference/scorers.ts"
import {
  multiplicationsOf,
  type RankerDataset,
  type RankerTask,
  type RankerTaskResult,
  runRankerTask,
} from "./fit-ranker-task.ts"

/** Tasks and the data they are about, as threads share them. */
export interface RankerWork {
  tasks: readonly RankerTask[]
  datasets: Readonly<Record<Repeats, RankerDataset>>
  /** The next task to be claimed. */
  counter: Int32Array
  /** Milliseconds since the epoch after which no task may end, as far as can be foreseen; may be Infinity. */
  until: number
}

/** Multiplications worth the time that a thread takes to start. */
export const startWork = 5e9
/** Multiplications a millisecond that a thread is taken to do before it has been seen. */
const firstPace = 3e6

/**
 * Claims tasks until none is left and returns their results by number. Weights of scorers move while there is time; every other task runs if
 * it will have ended in time at the pace of those before.
 */
export function runShare(
  { tasks, datasets, counter, until }: RankerWork,
  now: () => number = Date.now,
): Map<number, RankerTaskResult> {
  const done = new Map<number, RankerTaskResult>()
  let pace = firstPace
  while (true) {
    const n = Atomics.add(counter, 0, 1)
    const task = tasks[n]
    if (task === undefined) return done
    const dataset = datasets[task.repeats]
    const work = multiplicationsOf(task, dataset)
    const begun = now()
    if (until < Infinity && begun + work / pace > until) continue
    done.set(
      n,
      runRankerTask(task, dataset, () => until === Infinity || now() < until),
    )
    if (work > startWork / 10) pace = work / Math.max(1, now() - begun)
  }
}
