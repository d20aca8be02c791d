import { setTimeout as sleep } from "node:timers/promises"
import { sql } from "drizzle-orm"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type Connection, connect } from "../../../src/store/database/database.ts"
import { greetingOf, padding } from "../../../src/store/database/greeting.ts"
import { type BreakableDatabase, breakDatabase } from "../../support/breakable-database.ts"
import { createTestDatabase } from "../../support/database.ts"

const greeting = (parameters: Readonly<Record<string, string>>): Buffer => {
  const body = Buffer.from([...Object.entries(parameters).flat(), "", ""].join("\0"))
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + body.length, 0)
  head.writeInt32BE(196_608, 4)
  return Buffer.concat([head, body])
}

test("a greeting loses its padding and what was left of the connection before", () => {
  const parameters = { user: "ü", database: "shop", application_name: "beforehand" }
  const written = greeting({ ...parameters, ...padding })
  expect(written.length).toBeGreaterThan(1024)
  expect(greetingOf(written)).toEqual(greeting(parameters))
  const left = Buffer.from("Q\0\0\0\u000dselect 1\0Q\0\0\0\u000dselect 2\0")
  expect(greetingOf(Buffer.concat([left, written]))).toEqual(greeting(parameters))
  expect(greetingOf(Buffer.from("something else"))).toEqual(Buffer.from("something else"))
})

let way: BreakableDatabase
let connection: Connection
beforeAll(async () => {
  way = await breakDatabase(await createTestDatabase())
  connection = connect(way.url)
})
afterAll(async () => {
  await connection.close()
  await way.close()
})

const rounds = 6
const atOnce = 4
/** Less than a connection that hangs is waited for (5 s). */
const soonMs = 4000

test("every connection is made anew after a loss, however often and in whatever state it was lost", async () => {
  const ask = (pool: "database" | "byKey") => connection[pool].execute(sql`select ${atOnce}::int as x`)
  const askAll = () =>
    Promise.all((["database", "byKey"] as const).flatMap((pool) => Array.from({ length: atOnce }, () => ask(pool))))
  for (let round = 0; round < rounds; round++) {
    await askAll()
    way.refuse()
    for (let time = 0; time < 6; time++) {
      await expect(ask("database")).rejects.toThrow()
      await expect(ask("byKey")).rejects.toThrow()
    }
    way.heal()
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error("a connection hangs")), soonMs).unref())
    await Promise.race([
      expect
        .poll(
          () =>
            askAll().then(
              (all) => all.length,
              () => 0,
            ),
          { timeout: soonMs },
        )
        .toBe(2 * atOnce),
      late,
    ])
  }
}, 60_000)

test("a transaction that goes on long after its connection was lost is refused, and ends no process", async () => {
  // More than a lost connection is otherwise kept for (20 ms), before the statement and before the rollback.
  const pauseMs = 120
  const going = connection.writing.transaction(async (transaction) => {
    await transaction.execute(sql`select 1`)
    way.refuse()
    await sleep(pauseMs)
    await transaction.execute(sql`select 2`).catch(() => sleep(pauseMs))
    await transaction.execute(sql`select 3`)
  })
  await expect(going).rejects.toThrow()
  way.heal()
  expect(await connection.writing.execute(sql`select 4 as x`)).toEqual([{ x: 4 }])
})
