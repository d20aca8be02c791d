import type { Repeats } from "../../src/core/preference/scorers.ts"
import { answerOf, startThread } from "../workers/thread.ts"
import { type Lesson, type Taught, type TeachingTask, teach, workOf } from "./fit-ranker-task.ts"

/** Tasks and what they are about, as threads share them. */
export interface TeachingWork {
  tasks: readonly TeachingTask[]
  lessons: Readonly<Record<Repeats, Lesson>>
  /** The next task to be claimed. */
  counter: Int32Array
  /** Milliseconds since the epoch after which no task may end, as far as can be foreseen; may be Infinity. */
  until: number
}

/** Does all tasks with `threads` threads; `undefined` for one that would not have ended in time. The results do not depend on the number of threads where time does not end. */
export async function doTeachingTasks(
  work: Omit<TeachingWork, "counter">,
  threads: number,
  now: () => number = Date.now,
): Promise<(Taught | undefined)[]> {
  const shared: TeachingWork = { ...work, counter: new Int32Array(new SharedArrayBuffer(4)) }
  const total = work.tasks.reduce((sum, task) => sum + workOf(task, work.lessons[task.repeats]), 0)
  const helpers = Math.min(threads, work.tasks.length, 1 + Math.floor(total / startWork)) - 1
  const workers = Array.from({ length: Math.max(0, helpers) }, () => startThread("blend/fit-thread", shared))
  try {
    const answers = workers.map((worker) => answerOf(worker, (done) => done as Map<number, Taught>))
    const ownShare = async () => doShare(shared, now)
    const shares = await Promise.all([ownShare(), ...answers])
    const done = new Map(shares.flatMap((share) => [...share]))
    return work.tasks.map((_, n) => done.get(n))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** Multiplications worth the time that a thread takes to start. */
const startWork = 5e9
/** Multiplications a millisecond that a thread is taken to do before it has been seen. */
const firstPace = 3e6

/** Claims tasks until none is left; plain weights move while there is time, and everything else is done if it will have ended in time at the pace of tasks before. */
export function doShare(
  { tasks, lessons, counter, until }: TeachingWork,
  now: () => number = Date.now,
): Map<number, Taught> {
  const done = new Map<number, Taught>()
  let pace = firstPace
  while (true) {
    const n = Atomics.add(counter, 0, 1)
    const task = tasks[n]
    if (task === undefined) return done
    const lesson = lessons[task.repeats]
    const work = workOf(task, lesson)
    const begun = now()
    if (until < Infinity && begun + work / pace > until) continue
    done.set(
      n,
      teach(task, lesson, () => until === Infinity || now() < until),
    )
    if (work > startWork / 10) pace = work / Math.max(1, now() - begun)
  }
}
