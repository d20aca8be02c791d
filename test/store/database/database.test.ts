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
