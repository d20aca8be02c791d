import { afterAll, beforeAll, expect, test } from "vitest"
import type { Store } from "../../../src/store/store.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"

let stores: Store[]

beforeAll(async () => {
  const url = await createTestDatabase()
  stores = await Promise.all([openTestStore(url), openTestStore(url), openTestStore(url)])
})
afterAll(() => Promise.all(stores.map((store) => store.close())))

test("processes that start together agree on one secret of 32 bytes", async () => {
  const secrets = await Promise.all(stores.map((store) => store.settings.secret()))
  expect(new Set(secrets.map((secret) => secret.toString("hex"))).size).toBe(1)
  expect(secrets[0]).toHaveLength(32)
})

test("a lease has one holder, who may prolong it and give it back", async () => {
  const [a, b] = stores as [Store, Store]
  const [one, two] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"] as const
  const granted = await Promise.all([a.leases.acquire("sweep", one, 60_000), b.leases.acquire("sweep", two, 60_000)])
  expect(granted.filter(Boolean)).toHaveLength(1)
  const [holder, other] = granted[0] ? [one, two] : [two, one]
  expect(await a.leases.acquire("sweep", holder, 60_000)).toBe(true)
  await b.leases.release("sweep", other)
  expect(await b.leases.acquire("sweep", other, 60_000)).toBe(false)
  await b.leases.release("sweep", holder)
  expect(await b.leases.acquire("sweep", other, -1000)).toBe(true)
  expect(await a.leases.acquire("sweep", holder, 60_000)).toBe(true)
})
