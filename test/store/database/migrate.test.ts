import postgres from "postgres"
import { expect, test } from "vitest"
import { type Connection, connect } from "../../../src/store/database/database.ts"
import { migrate } from "../../../src/store/database/migrate.ts"
import { type Migration, readMigrations } from "../../../src/store/database/migrations.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"
import { createDatabaseAfter } from "../../support/old-database.ts"
import { plantedMigration } from "../../support/planted-migration.ts"

interface Opened extends Connection {
  url: string
  client: postgres.Sql
}

async function onDatabase(url: string, work: (opened: Opened) => Promise<void>): Promise<void> {
  const connection = connect(url, { connections: 4 })
  const client = postgres(url, { max: 3, onnotice: () => {} })
  try {
    await work({ ...connection, url, client })
  } finally {
    await client.end()
    await connection.close()
  }
}

const onNewDatabase = async (work: (opened: Opened) => Promise<void>) => onDatabase(await createTestDatabase(), work)
const withPlanted = (...planted: Migration[]) => ({ migrations: [...readMigrations(), ...planted] })
const addColumn = plantedMigration("0998_add_column", ["alter table plans add column planted int"])

test("code serves a newer schema where that says so, and applies nothing to it", () =>
  onNewDatabase(async ({ database, url, client }) => {
    expect(await migrate(database, withPlanted(addColumn))).toEqual([addColumn.name])
    const store = await openTestStore(url)
    expect(await store.settings.read("nothing")).toBe(null)
    await store.close()
    expect(
      await client`select migration, oldest_code from drizzle.schema_compatibility order by made_at desc limit 1`,
    ).toEqual([{ migration: addColumn.name, oldest_code: "0025_schema_compatibility" }])
  }))

test.each<[string, Migration, RegExp]>([
  [
    "that only newer code may serve",
    plantedMigration("0999_drop", ["alter table plans drop column reason"], {
      kind: "contract",
      oldestCode: addColumn.name,
    }),
    /has the schema of 0999_drop, .* beside 0999_drop only code since 0998_add_column may serve: start a newer version/,
  ],
  [
    "that does not say who may serve it",
    plantedMigration("0999_silent", ["select 1"], null),
    /a migration of .* does not say which older code may serve beside it: start a newer version/,
  ],
])("code refuses a newer schema %s, and leaves it as it is", (_, planted, message) =>
  onNewDatabase(async ({ database, url, client }) => {
    await migrate(database, withPlanted(addColumn, planted))
    await expect(openTestStore(url)).rejects.toThrow(message)
    expect(await client`select from drizzle.__drizzle_migrations where created_at = ${planted.madeAt}`).toHaveLength(1)
  }),
)

test("a migration that fails leaves those before it applied, and the next call begins with it", () =>
  onNewDatabase(async ({ database, client }) => {
    const failing = plantedMigration("0999_failing", ["create table planted (id int)", "select * from missing"])
    await expect(migrate(database, withPlanted(addColumn, failing))).rejects.toThrow()
    expect(await client`select to_regclass('planted') as planted`).toEqual([{ planted: null }])
    const corrected = { ...failing, statements: ["create table planted (id int)"] }
    expect(await migrate(database, withPlanted(addColumn, corrected))).toEqual([failing.name])
  }))

test("a migration that waits for a lock lets others pass, and is applied once it is free", () =>
  onNewDatabase(async ({ database, client }) => {
    const holding = await client.reserve()
    await holding`begin`
    await holding`select from plans`
    const steps: string[] = []
    let waits = () => {}
    const waiting = new Promise<void>((resolve) => {
      waits = resolve
    })
    const applied = migrate(database, {
      ...withPlanted(addColumn),
      onStep: (text) => {
        steps.push(text)
        if (text.includes("waiting")) waits()
      },
    })
    await waiting
    expect(await client`select from plans`).toEqual([])
    await holding`commit`
    holding.release()
    expect(await applied).toEqual([addColumn.name])
    expect(steps).toEqual(["Applying 0998_add_column", "  waiting for a lock that others hold"])
  }))

const indexes = plantedMigration(
  "0999_indexes",
  [
    'CREATE INDEX CONCURRENTLY "events_planted" ON "events" USING btree ("name");',
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS "plans_planted" ON "plans" ("name")',
  ],
  { isConcurrent: true },
)

const validity = async (client: postgres.Sql) => {
  const rows = await client<{ name: string; valid: boolean }[]>`
    select relname as name, indisvalid as valid from pg_index join pg_class on pg_class.oid = indexrelid
    where relname like '%planted%' order by indrelid::regclass::text like '%until%', relname`
  return rows.map(({ name, valid }) => `${name.replace(/\d{8}/, "DATE")} ${valid ? "valid" : "invalid"}`)
}

test("indexes are made, on partitions too, while others write", () =>
  onNewDatabase(async ({ database, client }) => {
    const write = (to: postgres.Sql, name: string) => to`insert into settings (name, value) values (${name}, '')`
    const settings = plantedMigration(
      "0998_index",
      ['create index concurrently "settings_planted" on "settings" (value)'],
      { isConcurrent: true },
    )
    const holding = await client.reserve()
    await holding`begin`
    await write(holding, "first")
    const applied = migrate(database, withPlanted(settings, indexes))
    const waits = () =>
      client`select from pg_stat_activity where query like '%settings_planted%' and wait_event_type = 'Lock'`
    await expect.poll(waits, { timeout: 30_000 }).toHaveLength(1)
    await write(client, "second")
    await holding`commit`
    holding.release()
    expect(await applied).toEqual([settings.name, indexes.name])
    const partitions = await client`select from pg_inherits where inhparent = 'events'::regclass`
    expect(await validity(client)).toEqual([
      "events_planted valid",
      "plans_planted valid",
      "settings_planted valid",
      ...partitions.map(() => "events_planted_events_until_DATE valid"),
    ])
  }))

test("what an interrupted attempt left of an index is made anew", () =>
  onNewDatabase(async ({ database, client }) => {
    await client`create index events_planted on only events using btree (name)`
    await client`create index plans_planted on plans (name)`
    await client`update pg_index set indisvalid = false where indexrelid = 'plans_planted'::regclass`
    expect(await validity(client)).toEqual(["events_planted invalid", "plans_planted invalid"])
    await migrate(database, withPlanted(indexes))
    expect((await validity(client)).filter((line) => line.endsWith("invalid"))).toEqual([])
  }))

test("of two that migrate at once each migration is applied once", async () => {
  await onDatabase(await createDatabaseAfter(2), async ({ database, url }) => {
    const other = connect(url, { connections: 4 })
    const applied = await Promise.all([migrate(database), migrate(other.database)])
    await other.close()
    expect(applied.flat()).toEqual(
      readMigrations()
        .map(({ name }) => name)
        .slice(2),
    )
  })
})
