import { expect, test } from "vitest"
import { follow, followLater } from "../../src/work/follow.ts"
import type { LoopRun } from "../../src/work/repeat.ts"
import { silent } from "../support/save-release.ts"

const hourly = { name: "follow-nothing", pauseMs: 3_600_000 }

test("a follower whose first reading fails does not begin", async () => {
  const runs: LoopRun[] = []
  const tools = { log: silent, onLoopRun: (run: LoopRun) => void runs.push(run) }
  await expect(follow(tools, hourly, () => Promise.reject(new Error("gone")))).rejects.toThrow("gone")
  expect(runs).toEqual([])
})

test("readings begin one after another, though one fails", async () => {
  const steps: string[] = []
  let reading = 0
  const follower = followLater({ log: silent }, hourly, async () => {
    const n = reading++
    steps.push(`begin ${n}`)
    await new Promise(setImmediate)
    steps.push(`end ${n}`)
    if (n === 1) throw new Error("gone")
  })
  const results = await Promise.allSettled([follower.refresh(), follower.refresh()])
  await follower.stop()
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"])
  expect(steps).toEqual([0, 1, 2].flatMap((n) => [`begin ${n}`, `end ${n}`]))
})
