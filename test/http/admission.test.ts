import { expect, test } from "vitest"
import { createAdmission } from "../../src/http/admission.ts"

const limits = { maxInFlight: 100, maxLoopDelayMs: 1e9, maxTypicalMs: 400 }

test("no more than the limit are taken at once, and each that leaves makes room for one", () => {
  const admission = createAdmission(limits, () => 0)
  const leaves = Array.from({ length: 100 }, () => admission.enter())
  expect(admission.isOpen()).toBe(false)
  leaves[0]!()
  leaves[0]!()
  expect(admission.isOpen()).toBe(true)
  admission.enter()
  expect(admission.isOpen()).toBe(false)
  admission.stop()
})

test("while answers take long only a few are taken, and many again once they are quick", () => {
  let nowMs = 0
  const admission = createAdmission(limits, () => nowMs)
  const answerIn = (ms: number, count: number) => {
    const leaves = Array.from({ length: count }, () => admission.enter())
    nowMs += ms
    for (const leave of leaves) leave()
  }
  const takenAtOnce = () => {
    const leaves: (() => void)[] = []
    while (admission.isOpen()) leaves.push(admission.enter())
    for (const leave of leaves) leave()
    return leaves.length
  }
  answerIn(1000, 100)
  expect(takenAtOnce()).toBe(16)
  for (let n = 0; n < 10; n++) answerIn(10, 16)
  expect(takenAtOnce()).toBe(100)
  admission.stop()
})

test("while the event loop is late only a few are taken", () => {
  let nowMs = 0
  const admission = createAdmission({ ...limits, maxLoopDelayMs: 250 }, () => nowMs)
  for (let n = 0; n < 15; n++) admission.enter()
  nowMs = 50 + 250
  expect(admission.isOpen()).toBe(true)
  admission.enter()
  expect(admission.isOpen()).toBe(false)
  nowMs -= 1
  expect(admission.isOpen()).toBe(true)
  admission.stop()
})
