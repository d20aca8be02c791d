import { once } from "node:events"
import pino from "pino"
import { expect, test } from "vitest"
import { type LoopRun, repeat } from "../../src/work/repeat.ts"

const hourMs = 3_600_000

function recorder() {
  const lines: { msg: string; loop: string }[] = []
  const runs: LoopRun[] = []
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { lines, runs, tools: { log, onLoopRun: (run: LoopRun) => void runs.push(run) } }
}

test("a stop during the pause ends the loop at once", async () => {
  const { runs, tools } = recorder()
  const loop = repeat(tools, { name: "hourly", pauseMs: hourMs }, async () => {})
  await expect.poll(() => runs.length).toBe(1)
  await loop.stop()
  expect(runs).toEqual([{ loop: "hourly", seconds: expect.any(Number), error: null }])
})

test("a stop tells the turn under way and resolves once that is over", async () => {
  const { runs, tools } = recorder()
  const steps: string[] = []
  const loop = repeat(tools, { name: "slow", pauseMs: 0 }, async (signal) => {
    await once(signal, "abort")
    await new Promise(setImmediate)
    steps.push("ended")
  })
  await loop.stop()
  steps.push("stopped")
  expect(steps).toEqual(["ended", "stopped"])
  expect(runs).toHaveLength(1)
})

test("every turn is reported with its error, and a lasting failure is logged once until a turn succeeds", async () => {
  const { lines, runs, tools } = recorder()
  const broken = new Error("broken")
  const failures = [broken, broken, null, broken]
  const ended = new AbortController()
  const loop = repeat(tools, { name: "frail", pauseMs: 0 }, async () => {
    const failure = failures[runs.length]
    if (runs.length === failures.length) ended.abort()
    if (failure) throw failure
  })
  if (!ended.signal.aborted) await once(ended.signal, "abort")
  await loop.stop()
  expect(runs.slice(0, failures.length).map(({ error }) => error)).toEqual(failures)
  expect(lines.map(({ loop, msg }) => ({ loop, msg }))).toEqual(
    Array(2).fill({ loop: "frail", msg: "failed to run a loop's turn; will retry" }),
  )
})
