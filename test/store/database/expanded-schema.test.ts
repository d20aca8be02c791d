import postgres from "postgres"
import { afterAll, expect, test } from "vitest"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const tables = ["profiles", "contacts", "identifiers", "messages", "events", "decisions", "decision_index", "outcomes"]

/** Asks what writes and reads customers, several at a time, so that each connection keeps its statements. */
async function askAll(round: string): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, n) => {
      const userId = `u-${n}`
      const view = { userId, event: "Product Viewed", messageId: `${round}-${n}`, properties: { product_id: "sku-1" } }
      const tracked = await shop.ask("POST", "/v1/track", { body: view })
      const customer = { userId }
      const asked = [
        await shop.ask("POST", "/v1/recommend", { body: { customer, placement: "home" } }),
        await shop.ask("POST", "/v1/decide", { body: { customer, placement: "home", channel: "web" } }),
        await shop.ask("GET", `/v1/customers/userId:${userId}`),
      ]
      const { decisionId } = asked[1]!.json
      const outcome = { outcome: "impression", at: new Date().toISOString(), messageId: `o-${round}-${n}` }
      const told = await shop.ask("POST", `/v1/decisions/${decisionId}/outcome`, { body: outcome })
      return [tracked, ...asked, told].map(({ status, json, text }) =>
        status === 200 && json.degraded !== true ? "whole" : `${status} ${text}`,
      )
    }),
  )
  return answers.flat()
}

test("servers that run answer whole while migrations add columns to the tables they use", async () => {
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "sku-1", title: "Soap" }] } })
  await shop.ask("POST", "/v1/offers", { body: { offers: [{ id: "o", kind: "notice", title: "O", value: 5 }] } })
  await shop.refreshCatalogue()
  for (const round of ["first", "second"]) expect(new Set(await askAll(round))).toEqual(new Set(["whole"]))
  for (const table of tables) {
    await shop.sql(`alter table ${table} add column planted int not null default 0`)
    expect(new Set(await askAll(table)), `after a column of ${table}`).toEqual(new Set(["whole"]))
  }
})

test.each(tables)("what waits while a column of %s is added goes on once it is there", async (table) => {
  const migrating = postgres(shop.databaseUrl, { max: 1, onnotice: () => {} })
  const waiting = postgres(shop.databaseUrl, { max: 1, onnotice: () => {} })
  let asked: Promise<string[]> | undefined
  await migrating.begin(async (transaction) => {
    await transaction.unsafe(`alter table ${table} add column planted_later int`)
    asked = askAll(`waits-${table}`)
    const waits = () => waiting`select from pg_locks where not granted and relation = ${table}::regclass`
    await expect.poll(async () => (await waits()).length, { interval: 10 }).toBeGreaterThan(0)
  })
  expect(new Set(await asked)).toEqual(new Set(["whole"]))
  await Promise.all([migrating.end(), waiting.end()])
})

test("a lone event that waits while a column of profiles is added is accepted", async () => {
  const migrating = postgres(shop.databaseUrl, { max: 1, onnotice: () => {} })
  let tracked: Promise<unknown> | undefined
  await migrating.begin(async (transaction) => {
    await transaction`alter table profiles add column planted_last int`
    const view = { userId: "u-1", event: "Product Viewed", messageId: "lone", properties: { product_id: "sku-1" } }
    tracked = shop.ask("POST", "/v1/track", { body: view }).then(({ json }) => json)
    const waits = () =>
      shop
        .sql("select from pg_locks where not granted and relation = 'profiles'::regclass")
        .then(({ length }) => length)
    await expect.poll(waits, { interval: 10 }).toBe(1)
  })
  expect(await tracked).toMatchObject({ results: [{ status: "accepted" }] })
  await migrating.end()
})
