import { expect, test } from "vitest"
import { createAdmission, type Party } from "../../../src/http/server/admission.ts"
import type { Room } from "../../../src/http/server/rooms.ts"

const limits = { maxInFlight: 100, maxLoopDelayMs: 1e9, maxTypicalMs: 400 }

test("no more than the limit are taken at once, and each that leaves makes room for one", () => {
  const admission = createAdmission(limits, { now: () => 0 })
  const leaves = Array.from({ length: 100 }, () => admission.enter("question", "server"))
  expect(admission.isOpen("question", "server")).toBe(false)
  leaves[0]!()
  leaves[0]!()
  expect(admission.isOpen("question", "server")).toBe(true)
  admission.enter("question", "server")
  expect(admission.isOpen("question", "server")).toBe(false)
  admission.stop()
})

test("while answers take long only a few are taken, and many again once they are quick", () => {
  let nowMs = 0
  const admission = createAdmission(limits, { now: () => nowMs })
  const answerIn = (ms: number, count: number) => {
    const leaves = Array.from({ length: count }, () => admission.enter("question", "server"))
    nowMs += ms
    for (const leave of leaves) leave()
  }
  const takenAtOnce = () => {
    const leaves: (() => void)[] = []
    while (admission.isOpen("question", "server")) leaves.push(admission.enter("question", "server"))
    for (const leave of leaves) leave()
    return leaves.length
  }
  answerIn(1000, 100)
  expect(takenAtOnce()).toBe(8)
  for (let n = 0; n < 10; n++) answerIn(10, 16)
  expect(takenAtOnce()).toBe(100)
  admission.stop()
})

test("while the event loop is late only a few are taken", () => {
  let nowMs = 0
  const admission = createAdmission({ ...limits, maxLoopDelayMs: 250 }, { now: () => nowMs })
  for (let n = 0; n < 7; n++) admission.enter("question", "server")
  nowMs = 50 + 250
  expect(admission.isOpen("question", "server")).toBe(true)
  admission.enter("question", "server")
  expect(admission.isOpen("question", "server")).toBe(false)
  nowMs -= 1
  expect(admission.isOpen("question", "server")).toBe(true)
  admission.stop()
})

test("the public takes three quarters of the places at most, and few of them never keep a server out", () => {
  let nowMs = 0
  const admission = createAdmission({ ...limits, maxLoopDelayMs: 250 }, { now: () => nowMs })
  const fill = (party: Party) => {
    let taken = 0
    for (; admission.isOpen("question", party); taken++) admission.enter("question", party)
    return taken
  }
  nowMs = 50 + 250
  expect([fill("public"), fill("server")]).toEqual([8, 8])
  nowMs = 0
  expect([fill("public"), fill("server")]).toEqual([0.75 * 100 - 8, 100 - 0.75 * 100 - 8])
  admission.stop()
})

test("writes that hang keep no question and no operator out", () => {
  let nowMs = 0
  const admission = createAdmission(limits, { now: () => nowMs })
  const leaves = []
  while (admission.isOpen("write", "server")) leaves.push(admission.enter("write", "server"))
  expect(leaves).toHaveLength(100 / 2)
  nowMs = 2000
  for (const leave of leaves) leave()
  for (let n = 0; n < 8; n++) admission.enter("write", "server")
  expect(admission.isOpen("write", "server")).toBe(false)
  const taken = (room: Room) => {
    let count = 0
    for (; admission.isOpen(room, "server"); count++) admission.enter(room, "server")
    return count
  }
  expect([taken("question"), taken("operator")]).toEqual([100, 100 / 4])
  admission.stop()
})

test("answers that a sick database makes slow keep nobody out, nor are they held against it when it is well", () => {
  let nowMs = 0
  let isSick = true
  const admission = createAdmission(limits, { now: () => nowMs, isDatabaseSick: () => isSick })
  const leaves = Array.from({ length: 50 }, () => admission.enter("question", "server"))
  nowMs += 2000
  for (const leave of leaves) leave()
  for (let n = 0; n < 8; n++) admission.enter("question", "server")
  expect(admission.isOpen("question", "server")).toBe(true)
  isSick = false
  expect(admission.isOpen("question", "server")).toBe(true)
  admission.stop()
})
