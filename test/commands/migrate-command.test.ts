import postgres from "postgres"
import { expect, test } from "vitest"
import { readMigrations } from "../../src/store/database/migrations.ts"
import { createDatabaseAfter } from "../support/old-database.ts"
import { tryCommand } from "../support/service-process.ts"

const migrations = readMigrations().map(({ name }) => name)

async function run(databaseUrl: string, ...given: string[]): Promise<{ exitCode: number; said: string }> {
  const { exitCode, stdout } = await tryCommand(databaseUrl, given)
  return { exitCode, said: stdout.trim() }
}

async function onDatabase<T>(url: string, work: (client: postgres.Sql) => Promise<T>): Promise<T> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  return work(client).finally(() => client.end())
}

test("migrate --check lists what is pending and fails; migrate applies it and makes partitions ahead", async () => {
  const url = await createDatabaseAfter(23)
  const applied = () => onDatabase(url, (client) => client`select from drizzle.__drizzle_migrations`)
  const pending = migrations.slice(23).map((name) => `  ${name}`)
  expect(await run(url, "migrate", "--check")).toEqual({
    exitCode: 1,
    said: ["the database has the schema of 0022_one_customer_functions; pending:", ...pending].join("\n"),
  })
  expect(await applied()).toHaveLength(23)

  const { exitCode, said } = await run(url, "migrate")
  expect(exitCode).toBe(0)
  const [, until] = new RegExp(
    `^applied ${pending.length}, the schema is current: ${migrations.at(-1)}; partitions are there until (\\S+)$`,
  ).exec(said)!
  expect(Date.parse(until!)).toBeGreaterThan(Date.now() + 90 * 86_400_000)
  expect(await run(url, "migrate", "--check")).toEqual({
    exitCode: 0,
    said: `the schema is current: ${migrations.at(-1)}`,
  })
  expect((await run(url, "partitions")).said).toBe(`made 0, dropped 0; partitions are there until ${until}`)
}, 180_000)

test("an empty database is made by migrate, and --grants prints SQL that its owner can run", async () => {
  const empty = new URL(await createDatabaseAfter(1))
  await onDatabase(empty.href, async (client) => {
    await client.unsafe("drop schema public cascade; drop schema drizzle cascade; create schema public")
  })
  expect((await run(empty.href, "migrate", "--check")).said).toContain("the database has no schema yet; pending:")
  expect((await run(empty.href, "migrate")).exitCode).toBe(0)
  const { said } = await run(empty.href, "migrate", "--grants", 'odd "name')
  await onDatabase(empty.href, async (client) => {
    await client`create role "odd ""name"`
    await client.unsafe(said)
    const [row] = await client`select has_table_privilege('odd "name', 'profiles', 'INSERT') as may`
    expect(row).toEqual({ may: true })
    await client.unsafe('drop owned by "odd ""name"; drop role "odd ""name"')
  })
}, 180_000)
