import { beforeEach, expect, test } from "vitest"
import { createDatabaseState, type DatabaseState } from "../../../src/store/database/database-state.ts"

let nowMs: number
let lines: { access: string; reason: string }[]
let state: DatabaseState
beforeEach(() => {
  nowMs = 0
  lines = []
  const note = (line: { access: string; reason: string }) => void lines.push(line)
  state = createDatabaseState(
    { warn: note, info: note } as never,
    () => 1_000_000 + nowMs,
    () => nowMs,
  )
})

test("a fault of writes is known apart from reads, since its first failure, and told once", () => {
  const told: unknown[] = []
  state.onChange((access, fault) => told.push([access, fault?.reason ?? null]))
  state.fail("writes", "readOnly")
  nowMs = 500
  state.fail("writes", "readOnly")
  expect(state.fault("reads")).toBeNull()
  expect(state.faults()).toEqual([{ access: "writes", reason: "readOnly", since: 1_000_000 }])
  expect(told).toEqual([["writes", "readOnly"]])
  expect(lines).toHaveLength(1)
})

test("a fault ends with the first answer after a calm of 900 ms", () => {
  state.fail("reads", "absent")
  nowMs = 899
  state.succeed("reads", 1)
  expect(state.fault("reads")).not.toBeNull()
  state.succeed("writes", 1)
  nowMs = 900
  state.succeed("reads", 1)
  expect(state.fault("reads")).toBeNull()
  expect(lines).toHaveLength(2)
})

test("that calls are late takes no better known reason's place, and gives it to one", () => {
  state.fail("writes", "standbyLost")
  state.fail("writes", "writesHang")
  expect(state.fault("writes")?.reason).toBe("standbyLost")
  state.fail("reads", "readsHang")
  nowMs = 100
  state.fail("reads", "absent")
  expect(state.fault("reads")).toEqual({ access: "reads", reason: "absent", since: 1_000_000 })
})

test("answers that typically take 150 ms are slow until they typically take half of that", () => {
  const answer = (ms: number, times: number) => {
    for (let n = 0; n < times; n++) state.succeed("reads", ms)
  }
  answer(60_000, 3)
  expect(state.fault("reads")).toBeNull()
  answer(200, 20)
  expect(state.fault("reads")?.reason).toBe("slow")
  answer(100, 100)
  expect(state.fault("reads")?.reason).toBe("slow")
  answer(10, 20)
  expect(state.fault("reads")).toBeNull()
})

test("who no longer listens is told nothing", () => {
  let told = 0
  const end = state.onChange(() => told++)
  state.fail("reads", "absent")
  end()
  state.fail("writes", "absent")
  expect(told).toBe(1)
})
