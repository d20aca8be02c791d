import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newId } from "../../src/start/new-id.ts"
import { migrate } from "../../src/store/database/migrate.ts"
import { createDatabaseAfter } from "../support/old-database.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const identify = (userId: string, traits: object, timestamp: string, path = "/v1/identify") =>
  shop.ask("POST", path, { key: "ingest", body: { userId, traits, timestamp } })
const traitsOf = async (userId: string) => (await shop.ask("GET", `/v1/customers/userId:${userId}`)).json.traits

test("what was said in 2024 and comes today does not replace what was said in 2026", async () => {
  await identify("moved", { city: "Bari", plan: null }, "2026-01-01T00:00:00Z")
  await identify("moved", { city: "Rome", plan: "gold", size: "m" }, "2024-01-01T00:00:00Z")
  expect(await traitsOf("moved")).toEqual({ city: "Bari", size: "m" })
  await identify("moved", { city: "Lecce" }, "2026-01-02T00:00:00Z")
  expect(await traitsOf("moved")).toEqual({ city: "Lecce", size: "m" })
})

test("in a merge the later word on each trait holds, whichever customer is the older", async () => {
  for (const [older, younger] of [
    ["2026-01-01T00:00:00Z", "2024-01-01T00:00:00Z"],
    ["2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
  ] as const) {
    const [a, b] = [`older-${older}`, `younger-${older}`]
    await identify(a, { city: older, plan: "gold" }, older)
    await identify(b, { city: younger, tier: 2 }, younger)
    await shop.ask("POST", "/v1/alias", { key: "ingest", body: { userId: a, previousId: b } })
    expect(await traitsOf(a)).toEqual({ city: "2026-01-01T00:00:00Z", plan: "gold", tier: 2 })
  }
})

test("claims of browsers keep their times as traits do", async () => {
  const claim = (city: string, timestamp: string) =>
    shop.ask("POST", "/v1/identify", { key: "write", body: { userId: "claimed", traits: { city }, timestamp } })
  await identify("claimed", { plan: "gold" }, "2026-01-01T00:00:00Z")
  await claim("Bari", "2026-01-02T00:00:00Z")
  await claim("Rome", "2024-01-01T00:00:00Z")
  expect((await shop.ask("GET", "/v1/customers/userId:claimed")).json).toMatchObject({
    traits: { plan: "gold" },
    claims: { traits: { city: "Bari" } },
  })
})

test("a fold of the history anew leaves traits and their times as they are", async () => {
  await identify("folded", { city: "Bari", plan: null }, "2026-01-01T00:00:00Z")
  const { customerId } = (await shop.ask("GET", "/v1/customers/userId:folded")).json
  await shop.services.store.events.refold([customerId as string], () => null)
  await identify("folded", { city: "Rome", plan: "gold" }, "2025-01-01T00:00:00Z")
  expect(await traitsOf("folded")).toEqual({ city: "Bari" })
})

test("traits of an old database count as said when their row was last written", async () => {
  const client = postgres(await createDatabaseAfter(13), { max: 2, onnotice: () => {} })
  const [known, empty] = [newId(), newId()]
  await client`insert into profiles (customer_id, history, stage, traits, claimed_traits, created_at, updated_at) values
    (${known}, '{}', 'discover', '{"city": "Bari", "tier": 2}', '{"mood": "good"}', now(), '2026-01-01T00:00:00Z'),
    (${empty}, '{}', 'discover', '{}', '{}', now(), now())`
  await migrate(drizzle(client))
  const said = Date.UTC(2026, 0, 1)
  const rows = await client`
    select customer_id, traits, trait_times, claimed_trait_times from profiles order by customer_id = ${empty}`
  expect(rows).toEqual([
    {
      customer_id: known,
      traits: { city: "Bari", tier: 2 },
      trait_times: { city: said, tier: said },
      claimed_trait_times: { mood: said },
    },
    { customer_id: empty, traits: {}, trait_times: {}, claimed_trait_times: {} },
  ])
  await client.end()
})
