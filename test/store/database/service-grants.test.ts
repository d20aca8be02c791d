import pino from "pino"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { connect } from "../../../src/store/database/database.ts"
import { migrate } from "../../../src/store/database/migrate.ts"
import { readMigrations } from "../../../src/store/database/migrations.ts"
import { openStore } from "../../../src/store/open-store.ts"
import { startRetention } from "../../../src/work/retain.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"
import { createDatabaseAfter } from "../../support/old-database.ts"
import { plantedMigration } from "../../support/planted-migration.ts"
import { createServiceRole } from "../../support/service-role.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

const day = 86_400_000
let ownerUrl: string
let serviceUrl: string
let shop: TestApp

beforeAll(async () => {
  ownerUrl = await createTestDatabase()
  serviceUrl = await createServiceRole(ownerUrl)
  shop = await openTestApp({ databaseUrl: serviceUrl })
})
afterAll(() => shop.close())

const asService = async <T>(work: (client: postgres.Sql) => Promise<T>) => {
  const client = postgres(serviceUrl, { max: 1, onnotice: () => {} })
  return work(client).finally(() => client.end())
}

test("a role with rights to rows alone serves every part: events, questions, consents, webhooks, plans, an erasure", async () => {
  const asked: [string, string, unknown?][] = [
    ["POST", "/v1/items", { items: [{ id: "sku-1", title: "Soap" }] }],
    ["POST", "/v1/offers", { offers: [{ id: "o", kind: "notice", title: "O", value: 5 }] }],
    ["POST", "/v1/track", { userId: "u-1", event: "Product Viewed", properties: { product_id: "sku-1" } }],
    ["POST", "/v1/identify", { userId: "u-1", anonymousId: "a-1", traits: { email: "anna@shop.example" } }],
    ["POST", "/v1/recommend", { customer: { userId: "u-1" }, placement: "home" }],
    ["POST", "/v1/decide", { customer: { userId: "u-1" }, placement: "home", channel: "web" }],
    [
      "PUT",
      "/v1/customers/userId:u-1/consents/marketing",
      { granted: true, at: "2026-01-01T00:00:00Z", source: "form" },
    ],
    ["POST", "/v1/webhooks", { url: "https://hooks.example/x", types: ["decision.created"] }],
    ["PUT", "/v1/settings", { settings: { country: "IT" } }],
    ["GET", "/v1/customers/userId:u-1"],
    ["GET", "/v1/plans"],
    ["DELETE", "/v1/customers/userId:u-1"],
  ]
  for (const [method, path, body] of asked) {
    const answer = await shop.ask(method, path, body === undefined ? {} : { body })
    expect(answer.status < 300 ? "done" : `${method} ${path}: ${answer.text}`).toBe("done")
  }
})

test("such a role can neither make, change nor drop a table, nor read the journal's rows as its own", async () => {
  for (const statement of [
    "create table planted (id int)",
    "alter table plans add column planted int",
    "drop table plans",
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('', 1)",
  ])
    await expect(
      asService((client) => client.unsafe(statement)),
      statement,
    ).rejects.toMatchObject({ code: "42501" })
})

test("retention under such a role leaves partitions to their owner, and says in time that they end", async () => {
  const { partitions, leases } = shop.services.store
  const another = shop.services.newId()
  const said: string[] = []
  const log = pino({ level: "info" }, { write: (line: string) => void said.push(JSON.parse(line).msg) })
  const retainOnce = async () => {
    said.length = 0
    await startRetention({ ...shop.services, log }).stop()
    expect(await leases.acquire("retain", another, 1000)).toBe(true)
    await leases.release("retain", another)
    return said.filter((text) => text.includes("partitions"))
  }
  expect(await partitions.mayChange()).toBe(false)
  expect(await retainOnce()).toEqual([expect.stringContaining('run "beforehand partitions" with the role that owns')])

  const owner = await openTestStore(ownerUrl)
  expect(await owner.partitions.createUpcoming(Date.now(), 90)).not.toEqual([])
  await owner.close()
  expect(await partitions.endsAt()).toBeGreaterThan(Date.now() + 90 * day)
  expect(await retainOnce()).toEqual([])
})

test("health and metrics say until when there are partitions", async () => {
  const codes = async () => {
    const { json } = await shop.ask("GET", "/health", { key: "none" })
    return (json.reasons as { code: string }[]).map(({ code }) => code)
  }
  const { text } = await shop.ask("GET", "/metrics", { key: "none" })
  const endsAt = await shop.services.store.partitions.knownEnd()
  expect(text).toContain(`beforehand_partitions_end_timestamp_seconds ${endsAt / 1000}\n`)
  expect(await codes()).not.toContain("partitionsEndSoon")
  const toNineDaysBefore = endsAt - 9 * day - shop.services.clock()
  shop.advance(toNineDaysBefore)
  expect(await codes()).toContain("partitionsEndSoon")
  shop.advance(-toNineDaysBefore)
})

test("a write without a partition says who is to make one", async () => {
  const inThreeYears = Date.now() + 3 * 365 * day
  const event = {
    messageId: "late",
    at: Date.now(),
    name: "Product Viewed",
    lines: [],
    properties: {},
    identifiers: [{ type: "userId", value: "u-9" }] as const,
  }
  await expect(
    shop.services.store.events.ingest([event], { mayMerge: true, deriveVector: () => null, receivedAt: inThreeYears }),
  ).rejects.toThrow('run "beforehand partitions" with the role that owns the tables')
})

test("such a role serves a schema that a later migration changed, and its new tables", async () => {
  const { database, close } = connect(ownerUrl, { connections: 4 })
  const statements = ["create table planted (id int)"]
  await migrate(database, { migrations: [...readMigrations(), plantedMigration("0998_table", statements)] })
  await close()
  expect(await asService((client) => client`insert into planted values (1) returning id`)).toEqual([{ id: 1 }])
  const store = await openTestStore(serviceUrl)
  await store.close()
})

test.each<[string, (url: string) => Promise<{ databaseUrl: string; mayMigrate: boolean }>]>([
  ["whose role owns nothing", async (url) => ({ databaseUrl: await createServiceRole(url), mayMigrate: true })],
  ["that may not migrate", async (url) => ({ databaseUrl: url, mayMigrate: false })],
])("a service %s says what a database lacks, and changes nothing", async (_, optionsFor) => {
  const url = await createDatabaseAfter(23)
  const newest = readMigrations().at(-1)!.name
  const options = { ...(await optionsFor(url)), allowVolatile: true, log: pino({ level: "silent" }) }
  await expect(openStore(options)).rejects.toThrow(
    `has the schema of 0022_one_customer_functions, and this version needs ${newest}: run "beforehand migrate"`,
  )
  const owner = postgres(url, { max: 1 })
  expect(await owner`select count(*)::int as applied from drizzle.__drizzle_migrations`).toEqual([{ applied: 23 }])
  await owner.end()
})
