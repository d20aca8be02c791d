import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeEach, expect, test } from "vitest"
import { createDatabaseState } from "../../src/store/database/database-state.ts"
import type { Decision } from "../../src/store/decisions/decision-types.ts"
import { withTimeLimits } from "../../src/store/with-time-limits.ts"
import { tester } from "../support/actor.ts"
import { openTestStore } from "../support/database.ts"

const silent = { warn: () => {}, info: () => {} }
const store = await openTestStore()
afterAll(() => store.close())

let nowMs = Date.now()
const never = () => new Promise<never>(() => {})
let active: () => Promise<never[]>
let list: () => Promise<never[]>
let calls: number
let limited: typeof store
beforeEach(() => {
  active = never
  list = never
  calls = 0
  const counted = async (answer: () => Promise<never[]>) => {
    calls++
    return answer()
  }
  const keys = { ...store.keys, active: () => counted(() => active()) }
  const plans = { ...store.plans, list: () => counted(() => list()) }
  limited = withTimeLimits({ ...store, state: createDatabaseState(silent), keys, plans }, () => nowMs)
})

const answered = () => limited.durability()
const unavailable = { code: "unavailable", retryAfterSeconds: 1 }
const beLate = (questions: number) =>
  Promise.all(Array.from({ length: questions }, () => expect(limited.keys.active()).rejects.toMatchObject(unavailable)))

/** Returns whether the next call reaches the database at all. */
async function isAsked(): Promise<boolean> {
  active = async () => []
  const before = calls
  await limited.keys.active().catch(() => {})
  active = never
  return calls > before
}

test("a few late calls are refused by themselves as long as others are answered", async () => {
  for (let n = 0; n < 2; n++) {
    await beLate(2)
    await expect(answered()).resolves.toMatchObject({ fsync: "off" })
  }
})

test("what the database refuses is an answer too", async () => {
  await beLate(2)
  await expect(limited.decisions.read("no id")).rejects.toThrow()
  await beLate(2)
  expect(await isAsked()).toBe(true)
})

test("after three late calls in a row none is made but one a second, until one is answered", async () => {
  await beLate(3)
  expect(await isAsked()).toBe(false)
  nowMs += 1000
  await beLate(1)
  expect(await isAsked()).toBe(false)
  nowMs += 1000
  await answered()
  expect(await isAsked()).toBe(true)
})

test("once calls are late in a row, those that came later wait no longer", async () => {
  const late = beLate(3)
  await sleep(1000)
  const ownLimit = sleep(2000).then(() => "waited until its own limit")
  const later = beLate(1).then(() => "gave up with the others")
  expect(await Promise.race([later, ownLimit])).toBe("gave up with the others")
  await late
})

test("an answer that comes late says that the database is there", async () => {
  let answer = () => {}
  active = () => new Promise((resolve) => (answer = () => resolve([])))
  const slow = limited.keys.active()
  active = never
  await Promise.all([expect(slow).rejects.toMatchObject(unavailable), beLate(2)])
  expect(await isAsked()).toBe(false)
  answer()
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await isAsked()).toBe(true)
})

test("a lost connection opens the breaker at once", async () => {
  active = () => Promise.reject(Object.assign(new Error("lost"), { code: "CONNECTION_CLOSED" }))
  await expect(limited.keys.active()).rejects.toMatchObject(unavailable)
  expect(await isAsked()).toBe(false)
})

test("what may take long is waited for and never opens the breaker", async () => {
  const answers: (() => void)[] = []
  list = () => new Promise((resolve) => answers.push(() => resolve([])))
  const patient = Array.from({ length: 3 }, () => limited.plans.list({ limit: 1 }))
  await beLate(1)
  expect(await isAsked()).toBe(true)
  for (const answer of answers) answer()
  expect(await Promise.all(patient)).toEqual([[], [], []])
})

test("a connection that is refused while others serve what was asked later opens no breaker", async () => {
  const refused = Object.assign(new Error("too many clients already"), { code: "53300" })
  let refuse = () => {}
  active = () => new Promise((_, reject) => (refuse = () => reject(refused)))
  const first = limited.keys.active()
  active = async () => []
  await expect(limited.keys.active()).resolves.toEqual([])
  refuse()
  await expect(first).rejects.toMatchObject(unavailable)
  expect(limited.state.faults()).toMatchObject([{ access: "reads", reason: "outOfConnections" }])
  expect(await isAsked()).toBe(true)
  active = () => Promise.reject(refused)
  await expect(limited.keys.active()).rejects.toMatchObject(unavailable)
  expect(await isAsked()).toBe(false)
})

test("late reads leave writes alone, and late writes leave reads alone", async () => {
  await beLate(3)
  await expect(limited.keys.revoke("0190b6a4-0000-7000-8000-000000000000", { at: nowMs, actor: tester })).resolves.toBe(
    false,
  )
  expect(limited.state.faults()).toMatchObject([{ access: "reads", reason: "readsHang" }])
})

test("a database that takes no writes opens the breaker of writes alone and says why", async () => {
  const readOnly = Object.assign(new Error("cannot execute INSERT"), { code: "25006" })
  let asked = 0
  const revoke = async () => {
    asked++
    throw readOnly
  }
  limited = withTimeLimits(
    { ...store, state: createDatabaseState(silent), keys: { ...store.keys, revoke } },
    () => nowMs,
  )
  for (let n = 0; n < 2; n++)
    await expect(limited.keys.revoke("id", { at: nowMs, actor: tester })).rejects.toMatchObject(unavailable)
  expect(asked).toBe(1)
  expect(limited.state.faults()).toMatchObject([{ access: "writes", reason: "readOnly" }])
  await expect(limited.keys.list()).resolves.toEqual([])
})

test("a record that is late costs no other write, and is not waited for after three in a row", async () => {
  let asked = 0
  const late = () => {
    asked++
    return never()
  }
  const decisions = { ...store.decisions, record: late }
  limited = withTimeLimits({ ...store, state: createDatabaseState(silent), decisions }, () => nowMs, 20)
  for (let n = 0; n < 5; n++) await expect(limited.decisions.record({} as Decision)).rejects.toMatchObject(unavailable)
  expect(asked).toBe(3)
  nowMs += 1000
  await expect(limited.decisions.record({} as Decision)).rejects.toMatchObject(unavailable)
  expect(asked).toBe(4)
  expect(limited.state.faults()).toEqual([])
  await expect(limited.leases.acquire("any", randomUUID(), 1000)).resolves.toBe(true)
})

test("a lock that is not given in time is unavailable, and opens no breaker", async () => {
  const locked = Object.assign(new Error("canceling statement due to lock timeout"), { code: "55P03" })
  let doubts = 0
  const state = createDatabaseState(silent)
  state.onDoubt(() => doubts++)
  let asked = 0
  const list = async () => {
    asked++
    throw locked
  }
  limited = withTimeLimits({ ...store, state, keys: { ...store.keys, list } }, () => nowMs)
  for (let n = 0; n < 4; n++) await expect(limited.keys.list()).rejects.toMatchObject(unavailable)
  expect([asked, doubts, state.faults()]).toEqual([4, 4, []])
})

test("no method of any subject that promises an answer is without a limit", async () => {
  const lost = Object.assign(new Error("gone"), { code: "57P01" })
  active = () => Promise.reject(lost)
  const { keys } = store
  const gone = { ...keys, active: () => active(), revoke: () => Promise.reject<boolean>(lost) }
  const decisions = { ...store.decisions, record: () => Promise.reject<void>(lost) }
  limited = withTimeLimits({ ...store, keys: gone, decisions }, () => nowMs)
  const openers = [
    limited.keys.active(),
    limited.keys.revoke("id", { at: nowMs, actor: tester }),
    limited.decisions.record({} as Decision),
  ]
  await Promise.all(openers.map((call: Promise<unknown>) => call.catch(() => {})))
  const subjects = Object.entries(limited).filter(([name]) => !["close", "state", "pools"].includes(name))
  let tried = 0
  for (const [name, subject] of subjects) {
    const methods = typeof subject === "function" ? [[name, subject]] : Object.entries(subject)
    for (const [method, call] of methods as [string, (...given: unknown[]) => unknown][]) {
      tried++
      await expect(Promise.resolve(call()), `${name}.${method}`).rejects.toMatchObject(unavailable)
    }
  }
  expect(tried).toBeGreaterThan(80)
  expect(withTimeLimits(limited, () => nowMs)).toBe(limited)
})
