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
