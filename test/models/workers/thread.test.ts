import { expect, test } from "vitest"
import { startThread, withThreads } from "../../../models/workers/thread.ts"
import { task } from "../../support/echo-task.ts"

test("a thread sets up once and answers one run after the other, and its lines are heard", async () => {
  const lines: string[] = []
  const outputs = await withThreads(
    task,
    [21],
    async ([thread]) => Promise.all([thread!.run("double"), thread!.run("double")]),
    { onProgress: (line) => lines.push(line) },
  )
  expect(outputs).toEqual([42, 42])
  expect(lines).toEqual(["starts at 21", "run 1", "run 2"])
})

test("each thread has a start of its own", async () => {
  const outputs = await withThreads(task, [1, 2], (threads) =>
    Promise.all(threads.map((thread) => thread.run("double"))),
  )
  expect(outputs).toEqual([2, 4])
})

test("a run that fails rejects with the error, and the thread answers the next one", async () => {
  const thread = startThread(task, 3)
  await expect(thread.run("fail")).rejects.toThrow(new RangeError("told to fail"))
  expect(await thread.run("double")).toBe(6)
  await thread.stop()
})

test("a thread that cannot be set up rejects every run, also one asked later", async () => {
  const thread = startThread(task, Number.NaN)
  await expect(thread.run("double")).rejects.toThrow("NaN cannot be doubled")
  await expect(thread.run("double")).rejects.toThrow("NaN cannot be doubled")
  await thread.stop()
})

test("a thread that ends rejects what waits and what is asked after it", async () => {
  const thread = startThread(task, 4)
  await expect(thread.run("exit")).rejects.toThrow("ended with code 7")
  await expect(thread.run("double")).rejects.toThrow("ended with code 7")
  await thread.stop()
})

test("stopping a thread rejects what still runs", async () => {
  const thread = startThread(task, 5)
  const waiting = thread.run("wait")
  const rejected = expect(waiting).rejects.toThrow("echo-task.ts ended")
  await thread.stop()
  await rejected
})

test("an error of whoever uses threads ends them and reaches the caller", async () => {
  let waiting: Promise<number> | undefined
  const used = withThreads(task, [6], async ([thread]) => {
    waiting = thread!.run("wait")
    waiting.catch(() => {})
    throw new Error("enough")
  })
  await expect(used).rejects.toThrow("enough")
  await expect(waiting).rejects.toThrow("ended")
})
