import pino from "pino"
import { afterAll, expect, test } from "vitest"
import { followCatalogue } from "../../src/work/follow-catalogue.ts"
import { createTestDatabase, openTestStore } from "../support/database.ts"

const databaseUrl = await createTestDatabase()
const here = await openTestStore(databaseUrl)
const elsewhere = await openTestStore(databaseUrl)
const log = pino({ level: "silent" })
const catalogue = await followCatalogue({ store: here, clock: Date.now, log })
afterAll(async () => {
  await catalogue.stop()
  await here.close()
  await elsewhere.close()
})

test("what another process writes, changes and deletes reaches the catalogue in memory", async () => {
  const title = () => catalogue.current().items.get("cream")?.title
  await elsewhere.items.upsert([{ id: "cream", title: "Cream" }])
  await expect.poll(title, { timeout: 10_000 }).toBe("Cream")
  await elsewhere.items.upsert([{ id: "cream", title: "Better cream" }])
  await expect.poll(title, { timeout: 10_000 }).toBe("Better cream")
  await elsewhere.items.remove("cream")
  await expect.poll(title, { timeout: 10_000 }).toBeUndefined()
})

test("a version in use is never changed under the reader", async () => {
  const before = catalogue.current()
  await elsewhere.items.upsert([{ id: "soap", title: "Soap" }])
  await catalogue.refresh()
  expect(catalogue.current().version).toBe(before.version + 1)
  expect(before.items.has("soap")).toBe(false)
})

test("it goes on from memory while the store fails, and recovers", async () => {
  let isBroken = false
  const guarded: typeof here.items = {
    ...here.items,
    changedSince: (since) => (isBroken ? Promise.reject(new Error("gone")) : here.items.changedSince(since)),
  }
  const follower = await followCatalogue({ store: { items: guarded, offers: here.offers }, clock: Date.now, log })
  isBroken = true
  await elsewhere.items.upsert([{ id: "late", title: "Late" }])
  await expect(follower.refresh()).rejects.toThrow("gone")
  expect(follower.current().items.has("soap")).toBe(true)
  isBroken = false
  await expect.poll(() => follower.current().items.has("late"), { timeout: 10_000 }).toBe(true)
  await follower.stop()
})
