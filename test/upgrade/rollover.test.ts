import { afterAll, expect, test } from "vitest"
import { connect } from "../../src/store/database/database.ts"
import { migrate } from "../../src/store/database/migrate.ts"
import { readMigrations } from "../../src/store/database/migrations.ts"
import { plantedMigration } from "../support/planted-migration.ts"
import { openTestApp } from "../support/test-app.ts"
import { restoreOldDatabase } from "./old-database.ts"

const databaseUrl = await restoreOldDatabase()
const serving = await openTestApp({ databaseUrl })
afterAll(() => serving.close())

const tables = ["profiles", "contacts", "events", "decisions", "outcomes", "identifiers"]
/** Migrations of a next version: columns, and indexes that are made while others write. */
const next = [
  ...tables.map((table, n) =>
    plantedMigration(`${9000 + n}_column`, [`alter table ${table} add column planted int not null default 0`]),
  ),
  plantedMigration(
    "9100_indexes",
    tables.map((table) => `create index concurrently if not exists "${table}_planted" on "${table}" (planted)`),
    { isConcurrent: true },
  ),
]

async function askAll(n: number): Promise<string[]> {
  const userId = `u-${n % 20}`
  const customer = { userId }
  const view = { userId, event: "Product Viewed", messageId: `rollover-${n}`, properties: { product_id: "sku-1" } }
  const answers = await Promise.all([
    serving.ask("POST", "/v1/track", { body: view }),
    serving.ask("POST", "/v1/recommend", { body: { customer, placement: "home" } }),
    serving.ask("POST", "/v1/decide", { body: { customer, placement: "home", channel: "web" } }),
  ])
  return answers.map(({ status, json, text }) => (status === 200 && json.degraded !== true ? "whole" : text))
}

test("on a database that version 0.1 left, this version answers whole while a next one migrates it, and starts on it", async () => {
  const { database, close } = connect(databaseUrl, { connections: 4 })
  let isMigrated = false
  const migrating = migrate(database, { migrations: [...readMigrations(), ...next] }).finally(() => {
    isMigrated = true
  })
  const answers = new Set<string>()
  let asked = 0
  for (; !isMigrated || asked < 20; asked++) for (const answer of await askAll(asked)) answers.add(answer)
  expect(await migrating).toEqual(next.map(({ name }) => name))
  expect(answers).toEqual(new Set(["whole"]))
  await close()

  const restarted = await openTestApp({ databaseUrl })
  const answer = await restarted.ask("POST", "/v1/recommend", {
    body: { customer: { userId: "u-1" }, placement: "home" },
  })
  expect(answer).toMatchObject({ status: 200, json: { degraded: false } })
  await restarted.close()
})
