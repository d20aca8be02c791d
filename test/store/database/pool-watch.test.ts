import { sql } from "drizzle-orm"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { databaseReasonOf, isConnectionLoss } from "../../../src/core/problem/database-reason.ts"
import { type Connection, connect } from "../../../src/store/database/database.ts"
import { confirmEarlierCommits } from "../../../src/store/database/durability.ts"
import { breakDatabase } from "../../support/breakable-database.ts"
import { createTestDatabase } from "../../support/database.ts"
import { loseStandby } from "../../support/lost-standby.ts"

const insert = (name: string) => sql`insert into settings (name, value) values (${name}, ''::bytea)`
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "succeeded",
    (error: unknown) => error,
  )

describe("with a lost synchronous standby", () => {
  let connection: Connection
  let findStandby: () => Promise<void>
  beforeAll(async () => {
    const url = await createTestDatabase()
    connection = connect(url)
    findStandby = await loseStandby(url)
  })
  afterAll(() => connection.close())

  const names = async () => {
    const rows = await connection.byKey.execute<{ name: string }>(
      sql`select name from settings where name like 'lost-%'`,
    )
    return rows.map(({ name }) => name).sort()
  }

  test("no commit is acknowledged, though it is there, and reads go on", async () => {
    const { writing, database } = connection
    const failures = await Promise.all([
      failureOf(writing.execute(insert("lost-1"))),
      failureOf(writing.transaction((transaction) => transaction.execute(insert("lost-2")))),
      failureOf(database.transaction((transaction) => transaction.execute(insert("lost-3")))),
      names().then(() => "read"),
    ])
    expect(failures.map(databaseReasonOf)).toEqual(["standbyLost", "standbyLost", "standbyLost", null])
    expect(failures[3]).toBe("read")
    expect(await names()).toEqual(["lost-1", "lost-2", "lost-3"])
  })

  test("that something was written before is not acknowledged either, until the standby is back", async () => {
    const confirm = () => connection.writing.transaction(confirmEarlierCommits)
    expect(databaseReasonOf(await failureOf(confirm()))).toBe("standbyLost")
    await findStandby()
    expect(await confirm()).toHaveLength(1)
  })

  test("a refused commit holds no connection afterwards", async () => {
    const { writing } = connection
    const failures = Array.from({ length: 10 }, (_, n) => failureOf(writing.execute(insert(`lost-again-${n}`))))
    expect(new Set(await Promise.all(failures))).toEqual(new Set(["succeeded"]))
  })
})

describe("with a network that swallows everything", () => {
  test("a connection that stays silent is given up, and another takes its place", async () => {
    const database = await breakDatabase(await createTestDatabase())
    const { byKey, writing, close } = connect(database.url)
    await Promise.all([byKey.execute(sql`select 1`), writing.execute(sql`select 1`)])
    database.hang()
    const failures = await Promise.all([
      failureOf(byKey.execute(sql`select 1`)),
      failureOf(writing.transaction((transaction) => transaction.execute(sql`select 1`))),
    ])
    expect(failures.map(isConnectionLoss)).toEqual([true, true])
    expect(failures.map(databaseReasonOf)).toEqual([null, null])
    database.heal()
    const [row] = await byKey.execute<{ one: number }>(sql`select 1 as one`)
    expect(row).toEqual({ one: 1 })
    await close()
    await database.close()
  })
})

test("a statement that takes too long is ended by the server, and its connection free again", async () => {
  const { byKey, close } = connect(await createTestDatabase())
  const failures = await Promise.all(
    Array.from({ length: 6 }, () => failureOf(byKey.execute(sql`select pg_sleep(60)`))),
  )
  expect(failures.every(isConnectionLoss)).toBe(true)
  expect(await byKey.execute(sql`select 1`)).toHaveLength(1)
  await close()
})
