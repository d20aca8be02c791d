import { sql } from "drizzle-orm"
import postgres from "postgres"
import { afterAll, beforeAll, expect, inject, test } from "vitest"
import { type Connection, connect } from "../../src/store/database/database.ts"
import type { Pooling } from "../../src/store/database/database-server.ts"
import { detectPooling } from "../../src/store/database/detect-pooling.ts"
import { createTestDatabase } from "../support/database.ts"

let pooling: Pooling
let connection: Connection

beforeAll(async () => {
  expect(inject("pooledUrl"), "npm run test:pooler starts the pooler").not.toBeNull()
  const server = await detectPooling(await createTestDatabase())
  pooling = server.pooling
  connection = connect(server)
})
afterAll(() => connection.close())

const settings = (given: unknown) => sql`
  select current_setting('lock_timeout') as "lockTimeout", current_setting('plan_cache_mode') as "planCacheMode",
    current_setting('enable_seqscan') as "seqScan", current_setting('TimeZone') as zone, ${given}::text as given`
const ofKeyed = { lockTimeout: "450ms", planCacheMode: "force_generic_plan", seqScan: "off", zone: "UTC" }
const ofOthers = { lockTimeout: "900ms", planCacheMode: "force_custom_plan", seqScan: "on", zone: "UTC" }

test("the pooler is found out, and PostgreSQL itself is not taken for one", async () => {
  expect(pooling.keepsSessions).toBe(false)
  expect((await detectPooling(inject("postgresUrl"))).pooling).toEqual({ keepsSessions: true, keepsStatements: true })
})

test("every statement and every transaction has its settings, whichever connection of the server it gets", async () => {
  const { database, byKey } = connection
  const both = Array.from({ length: 40 }, async (_, n) => {
    const [[keyed], [other]] = await Promise.all([byKey.execute(settings(n)), database.execute(settings(n))])
    expect(keyed).toEqual({ ...ofKeyed, given: String(n) })
    expect(other).toEqual({ ...ofOthers, given: String(n) })
  })
  await Promise.all(both)
  await byKey.transaction(async (transaction) => {
    expect((await transaction.execute(settings("in")))[0]).toEqual({ ...ofKeyed, given: "in" })
    await transaction.execute(sql`set local lock_timeout = 0`)
    expect((await transaction.execute(settings("own")))[0]).toEqual({ ...ofKeyed, lockTimeout: "0", given: "own" })
  })
  const isolated = await database.transaction((transaction) => transaction.execute(sql`show transaction_isolation`), {
    isolationLevel: "repeatable read",
  })
  expect(isolated[0]).toEqual({ transaction_isolation: "repeatable read" })
  expect((await database.execute(sql`select current_setting('lock_timeout') as plain`))[0]).toEqual({ plain: "900ms" })
})

test("nothing of it is left on a connection of the server", async () => {
  const client = postgres(inject("pooledUrl")!, { max: 1, prepare: false, fetch_types: false, onnotice: () => {} })
  const [row] = await client`select current_setting('lock_timeout') as left`
  await client.end()
  expect(row).toEqual({ left: "0" })
})

test("a failed statement fails alone, and the connection goes on", async () => {
  const { database, byKey } = connection
  const codeOf = (failing: Promise<unknown>) => failing.then(String, ({ cause }) => cause.code)
  const rows = await Promise.all([
    codeOf(byKey.execute(sql`select 1 / ${0}::int`)),
    byKey.execute(settings("beside")),
    codeOf(database.execute(sql`select 1 / 0`)),
    codeOf(database.execute(sql`select nonsense`)),
    codeOf(byKey.execute(sql`select ${"x"}::int`)),
    database.execute(settings("beside")),
  ])
  expect([rows[0], rows[2], rows[3], rows[4]]).toEqual(["22012", "22012", "42703", "22P02"])
  for (const n of [1, 5]) expect(rows[n]).toMatchObject([{ given: "beside" }])
  for (let n = 0; n < 20; n++) expect((await byKey.execute(settings(n)))[0]).toEqual({ ...ofKeyed, given: String(n) })
})

test("large rows come whole, in pieces of any size", async () => {
  const sizes = Array.from({ length: 60 }, (_, n) => n * 1999)
  const answers = await Promise.all(
    sizes.map((size) => connection.byKey.execute<{ text: string }>(sql`select repeat('x', ${size}::int) as text`)),
  )
  expect(answers.map(([row]) => row!.text.length)).toEqual(sizes)
})

test("a statement with parameters behind one without is answered too", async () => {
  const { database } = connection
  const answers = Array.from({ length: 300 }, async (_, n) => {
    const [[first], [second]] = await Promise.all([
      database.execute<{ n: number }>(sql.raw(`select ${n} as n`)),
      database.execute<{ n: number }>(sql`select ${n}::int + ${sql.raw(String(n))} as n`),
    ])
    return [first!.n, second!.n]
  })
  expect(await Promise.all(answers)).toEqual(answers.map((_, n) => [n, 2 * n]))
})
