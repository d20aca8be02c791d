import { expect, test } from "vitest"
import { createPartTimes } from "../../src/start/part-times.ts"

test("each part is told with its seconds and its share of the whole", () => {
  let nowMs = 1000
  const times = createPartTimes(0, () => nowMs)
  times.end("opening")
  nowMs += 6500
  times.end("events")
  nowMs += 2500
  times.end("training")
  expect(times.summary()).toBe("10.0 s: opening 1.0 s (10 %), events 6.5 s (65 %), training 2.5 s (25 %)")
})

test("work of no time has shares of 0", () => {
  const times = createPartTimes(5, () => 5)
  times.end("opening")
  expect(times.summary()).toBe("0.0 s: opening 0.0 s (0 %)")
})
