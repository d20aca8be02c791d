import { randomUUID } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { sql } from "drizzle-orm"
import postgres from "postgres"
import { expect, test } from "vitest"
import { connect } from "../../../src/store/database/database.ts"
import { faultsOf } from "../../support/customer-statements.ts"
import { createTestDatabase } from "../../support/database.ts"
import { exceptions } from "../../support/statements-of-many.ts"
import { takeUnlisted } from "../../support/unlisted-statements.ts"

test.each([
  "select history from profiles where customer_id = $1 for update",
  "insert into contacts (customer_id, updated_at) select id::uuid, now() from json_array_elements_text($1::json) as given(id)",
  "update profiles set stage = given.stage from json_to_recordset($1::json) as given(id uuid, stage text) where profiles.customer_id = given.id",
  "with gone as (delete from sends where customer_id = $1 returning id) insert into sends (customer_id, id) select $2::uuid, id from gone",
  "select 1 from decisions where decisions.customer_id = $1 and exists (select from outcomes where outcomes.customer_id = decisions.customer_id)",
  "select customer_id from decision_index where id = $1",
  "select item from items where id = any($1)",
])("names one customer, or rows that each name theirs: %s", (statement) => {
  expect(faultsOf(statement)).toEqual([])
})

test.each([
  ["select * from profiles where stage = $1", "asks for profiles of many customers"],
  [
    "select * from profiles where customer_id in (select id from json_to_recordset($1) as given(id uuid)) for update",
    "locks profiles of many customers",
  ],
  [
    "select * from profiles join json_to_recordset($1::json) as given(id uuid) on profiles.customer_id = given.id for update",
    "locks profiles of many customers",
  ],
  ["update events set customer_id = $1 where customer_id = $2", "changes the customer of events"],
  [
    "insert into decisions (customer_id) select standing_customer(id, true) from json_to_recordset($1::json) as given(id uuid)",
    "reads customers inside a write",
  ],
  [
    "insert into events (customer_id) select id from json_to_recordset($1::json) as given(id uuid) where not exists (select from events stored where stored.customer_id = given.id)",
    "asks for events of many customers",
  ],
  [
    "select * from decision_index join decisions using (customer_id, at, id) where id = $1",
    "asks for decisions of many customers",
  ],
  ["delete from contents where ctid = any(array(select ctid from contents limit 5))", "picks rows by their place"],
  ["alter table events detach partition events_until_20260101 concurrently", "detaches concurrently"],
])("does not: %s", (statement, fault) => {
  expect(faultsOf(statement)).toContain(fault)
})

test("a statement of many customers that is not listed is found when it is sent, a listed one is not", async () => {
  const { database, close } = connect(await createTestDatabase(), { connections: 2 })
  await database.execute(sql`select stage from profiles where customer_id = ${randomUUID()}`)
  await database.execute(sql`select customer_id as id from profiles where merged_into = ${randomUUID()}`)
  expect(takeUnlisted()).toEqual([])
  await database.execute(sql`select customer_id from profiles where stage = ${"discover"}`)
  expect(takeUnlisted()).toEqual([
    "asks for profiles of many customers: select customer_id from profiles where stage = $1",
  ])
  await close()
})

test("every statement in the database's functions names one customer", async () => {
  const client = postgres(await createTestDatabase(), { max: 1 })
  const functions = await client<{ name: string; body: string }[]>`
    select proname as name, prosrc as body from pg_proc where pronamespace = 'public'::regnamespace`
  await client.end()
  expect(functions.map(({ name }) => name)).toEqual(expect.arrayContaining(["lock_profiles", "insert_decisions"]))
  const found = functions.flatMap(({ name, body }) =>
    body.split(";").flatMap((part) => {
      const statement = /\b(with|select|insert|update|delete)\b.*/is.exec(part)?.[0]
      return statement === undefined ? [] : faultsOf(statement).map((fault) => `${name}: ${fault}`)
    }),
  )
  expect(found).toEqual([])
})

const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ").replaceAll("( ", "(")

test("each exception is still in the store", () => {
  const source = readdirSync("src/store", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => onOneLine(readFileSync(`src/store/${path}`, "utf8")))
  const gone = exceptions.filter(
    ({ part }) => typeof part === "string" && !source.some((text) => text.includes(onOneLine(part))),
  )
  expect(gone).toEqual([])
})
