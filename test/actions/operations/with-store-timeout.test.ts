import { afterAll, beforeEach, expect, test } from "vitest"
import { askPatiently, askStore } from "../../../src/actions/operations/with-store-timeout.ts"
import type { Store } from "../../../src/store/store.ts"
import { openTestStore } from "../../support/database.ts"

const store = await openTestStore()
afterAll(() => store.close())

let nowMs = Date.now()
let asker: { store: Store; clock: () => number }
beforeEach(() => {
  asker = { store: { ...store }, clock: () => nowMs }
})

const answered = () => askStore(asker, (store) => store.durability())
const neverAnswered = () => askStore(asker, () => new Promise<never>(() => {}))
const unavailable = { code: "unavailable", retryAfterSeconds: 1 }
const beLate = (questions: number) =>
  Promise.all(Array.from({ length: questions }, () => expect(neverAnswered()).rejects.toMatchObject(unavailable)))

/** Whether the next question reaches the store at all. */
async function isAsked(): Promise<boolean> {
  let asked = false
  await askStore(asker, async () => {
    asked = true
  }).catch(() => {})
  return asked
}

test("a few late questions are refused by themselves as long as others are answered", async () => {
  for (let n = 0; n < 2; n++) {
    await beLate(2)
    await expect(answered()).resolves.toMatchObject({ fsync: "off" })
  }
})

test("what the database refuses is an answer too", async () => {
  await beLate(2)
  await expect(askStore(asker, (store) => store.decisions.read("no id"))).rejects.toThrow()
  await beLate(2)
  expect(await isAsked()).toBe(true)
})

test("after three late questions in a row none is asked but one a second, until one is answered", async () => {
  await beLate(3)
  expect(await isAsked()).toBe(false)
  nowMs += 1000
  await Promise.all([beLate(1), isAsked().then((asked) => expect(asked).toBe(false))])
  expect(await isAsked()).toBe(false)
  nowMs += 1000
  await answered()
  expect(await isAsked()).toBe(true)
})

test("an answer that comes late says that the database is there", async () => {
  let answer = () => {}
  const slow = askStore(asker, () => new Promise<void>((resolve) => (answer = resolve)))
  await Promise.all([expect(slow).rejects.toMatchObject(unavailable), beLate(2)])
  expect(await isAsked()).toBe(false)
  answer()
  await slow.catch(() => {})
  expect(await isAsked()).toBe(true)
})

test("a lost connection is known at once", async () => {
  const lost = Object.assign(new Error("lost"), { code: "CONNECTION_CLOSED" })
  await expect(askStore(asker, () => Promise.reject(lost))).rejects.toMatchObject(unavailable)
  expect(await isAsked()).toBe(false)
})

test("what may take long is waited for and never makes the database count as lost", async () => {
  let answer = () => {}
  const patient = Array.from({ length: 3 }, () =>
    askPatiently(asker, () => new Promise<string>((resolve) => (answer = () => resolve("a long list")))),
  )
  await beLate(1)
  expect(await isAsked()).toBe(true)
  answer()
  expect(await patient[2]).toBe("a long list")
})
