import { afterAll, expect, test } from "vitest"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())
const { trainings } = shop.services.store

test("trainings are counted by result, each with the time of the last", async () => {
  expect(await trainings.counts()).toEqual([])
  await trainings.record("promoted", 1000)
  await trainings.record("failed", 2000)
  await trainings.record("promoted", 3000)
  expect((await trainings.counts()).sort((a, b) => a.lastAt - b.lastAt)).toEqual([
    { result: "failed", count: 1, lastAt: 2000 },
    { result: "promoted", count: 2, lastAt: 3000 },
  ])
})

test("/metrics has them, and results that never occurred as 0", async () => {
  const { text } = await shop.ask("GET", "/metrics", { key: "none" })
  expect(text).toContain('beforehand_trainings{result="promoted"} 2\n')
  expect(text).toContain('beforehand_trainings{result="belowBaseline"} 0\n')
  expect(text).toContain('beforehand_training_last_timestamp_seconds{result="promoted"} 3\n')
  expect(text).not.toContain('beforehand_training_last_timestamp_seconds{result="belowBaseline"}')
})
