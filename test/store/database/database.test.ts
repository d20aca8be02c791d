import { sql } from "drizzle-orm"
import { afterAll, expect, test } from "vitest"
import { connect } from "../../../src/store/database/database.ts"
import { createTestDatabase } from "../../support/database.ts"

const { database, byKey, close } = connect(await createTestDatabase())
afterAll(close)

test("rows are found by key through the index, one by one, though the statement was planned while its table was empty", async () => {
  await database.execute(sql`vacuum analyze profiles`)
  const lines = await byKey.execute<{ "QUERY PLAN": string }>(sql`
    explain select version from json_to_recordset(${"[]"}::json) as given(id uuid) join profiles on customer_id = id`)
  const plan = lines.map((line) => line["QUERY PLAN"]).join("\n")
  expect(plan).toMatch(/Nested Loop/)
  expect(plan).toMatch(/Index Scan using profiles_pkey/)
  const [setting] = await byKey.execute<{ mode: string }>(sql`select current_setting('plan_cache_mode') as mode`)
  expect(setting!.mode).toBe("force_generic_plan")
})

test("a statement that follows a failed transaction is refused, instead of being a transaction of its own", async () => {
  for (const pool of [database, byKey]) {
    let late: Promise<unknown> | undefined
    const failing = pool.transaction(async (transaction) => {
      const insert = (name: string) =>
        transaction.execute(sql`insert into settings (name, value) values (${name}, ${"\\x00"}::bytea)`)
      late = insert("first").then(() => insert("second"))
      late.catch(() => {})
      await Promise.all([transaction.execute(sql`select 1 / 0`), late])
    })
    await expect(failing).rejects.toThrow()
    await expect(late).rejects.toThrow()
  }
  const meanwhile = database.transaction(async (transaction) => {
    const slow = transaction.execute(sql`select pg_sleep(0.1)`)
    const late = slow.then(() =>
      transaction.execute(sql`insert into settings (name, value) values ('late', ''::bytea)`),
    )
    late.catch(() => {})
    await Promise.all([Promise.reject(new Error("given up")), late])
  })
  await expect(meanwhile).rejects.toThrow("given up")
  await new Promise((resolve) => setTimeout(resolve, 300))
  const left = await database.execute(sql`select name from settings where name in ('first', 'second', 'late')`)
  expect([...left]).toEqual([])
})
