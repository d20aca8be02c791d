import pino from "pino"
import { afterAll, expect, test } from "vitest"
import { followCatalogue } from "../../src/work/follow-catalogue.ts"
import { tester } from "../support/actor.ts"
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
  await elsewhere.items.upsert([{ id: "cream", title: "Cream" }], tester)
  await expect.poll(title, { timeout: 10_000 }).toBe("Cream")
  await elsewhere.items.upsert([{ id: "cream", title: "Better cream" }], tester)
  await expect.poll(title, { timeout: 10_000 }).toBe("Better cream")
  await elsewhere.items.remove("cream", tester)
  await expect.poll(title, { timeout: 10_000 }).toBeUndefined()
})

test("a version in use is never changed under the reader", async () => {
  const before = catalogue.current()
  await elsewhere.items.upsert([{ id: "soap", title: "Soap" }], tester)
  await catalogue.refresh()
  expect(catalogue.current().version).toBe(before.version + 1)
  expect(before.items.has("soap")).toBe(false)
})
