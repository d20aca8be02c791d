import { randomUUID } from "node:crypto"
import { sql } from "drizzle-orm"
import postgres from "postgres"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parseConfig } from "../../../src/config.ts"
import type { IncomingEvent } from "../../../src/core/history/event.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { newId } from "../../../src/start/new-id.ts"
import { eraseFrom } from "../../../src/store/customers/customer-tables.ts"
import {
  customerTables,
  type DataClass,
  dataInventory,
  type InventoryTable,
  rowsOwnedBy,
} from "../../../src/store/database/data-inventory.ts"
import { connect } from "../../../src/store/database/database.ts"
import { agedTables } from "../../../src/store/database/retention.ts"
import type { Store } from "../../../src/store/store.ts"
import { tester } from "../../support/actor.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"
import { deleteExpired } from "../../support/delete-expired.ts"
import { type DatabaseColumn, inventoryGaps } from "../../support/inventory-check.ts"

let databaseUrl: string
let store: Store
let client: postgres.Sql
beforeAll(async () => {
  databaseUrl = await createTestDatabase()
  store = await openTestStore(databaseUrl)
  client = postgres(databaseUrl, { max: 1, onnotice: () => {} })
})
afterAll(async () => {
  await client.end()
  await store.close()
})

const dayMs = 86_400_000

interface Column extends DatabaseColumn {
  identity: boolean
  required: boolean
}

async function databaseColumns() {
  return client<Column[]>`
    select relname as table, attname as column, format_type(atttypid, atttypmod) as type,
      attidentity <> '' as identity, attnotnull as required
    from pg_attribute join pg_class on pg_class.oid = attrelid join pg_namespace on pg_namespace.oid = relnamespace
    where attnum > 0 and not attisdropped and relkind in ('r', 'p') and not relispartition
      and nspname !~ '^pg_' and nspname not in ('information_schema', 'drizzle')
    order by relname, attnum`
}

test("every table and column of a migrated database is in the data inventory", async () => {
  expect(inventoryGaps(await databaseColumns(), dataInventory)).toEqual([])
})

/** Somebody whose rows all hold the same ids and the same text. */
interface Person {
  customerId: string
  recordId: string
  text: string
  /** Of the identifier that is the text. */
  pseudonym: string
}

async function aPerson(): Promise<Person> {
  const text = `secret-${randomUUID()}`
  const { customerId: pseudonym } = await store.customers.read({ type: "userId", value: text })
  return { customerId: randomUUID(), recordId: newId(), text, pseudonym }
}

/** Returns the value of a column in a person's row, as text; all times are `at`. */
function cellOf({ column, type, required }: Column, given: DataClass | undefined, person: Person, at: Date) {
  if (column === "merged_into") return null
  if (type.startsWith("timestamp")) return at.toISOString()
  if (type === "bytea") return `\\x${Buffer.from(person.text).toString("hex")}`
  if (type === "jsonb") return JSON.stringify([{ note: person.text }])
  if (type === "boolean") return "false"
  if (type !== "uuid" && type !== "text") return "1"
  if (given === "customerId") return person.customerId
  if (given === "recordId") return type === "uuid" ? person.recordId : person.text
  if (given === "identifier") return type === "uuid" ? person.pseudonym : person.text
  if (given === "personal") return person.text
  if (column === "type") return "userId"
  return required ? randomUUID() : null
}

/** Inserts a row with that person in every column that can hold any of them. */
async function fill(table: InventoryTable, person: Person, at = new Date()): Promise<void> {
  const columns = (await databaseColumns()).filter((own) => own.table === table.name && !own.identity)
  const keyOf = (column: string) => table.allColumns.find(({ name }) => name === column)!.key
  const values = columns.map((own) => cellOf(own, table.columns[keyOf(own.column)], person, at))
  const names = columns.map(({ column }) => `"${column}"`).join(", ")
  const places = columns.map(({ type }, n) => `$${n + 1}::text::${type}`).join(", ")
  await client.unsafe(`insert into ${table.name} (${names}) values (${places})`, values)
}

const tableNamed = (name: string) => dataInventory.find((table) => table.name === name)!

/** Rows of a new person in every table that can hold any. */
async function fillAll(): Promise<Person> {
  const person = await aPerson()
  await client`insert into webhook_endpoints (id, url, secret, created_at)
    values (${person.recordId}, 'https://x.example', '\\x00', now())`
  for (const table of [...customerTables, tableNamed("messages")])
    if (table.name !== "webhook_deliveries") await fill(table, person)
  await client`insert into webhook_deliveries (message_id, endpoint_id, subject, due_at)
    values (${person.recordId}, ${person.recordId}, ${person.text}, now())`
  return person
}

/** Tables with a row that holds any of these texts, as it is or as bytes. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const pattern = texts.flatMap((text) => [text, Buffer.from(text).toString("hex")]).join("|")
  const found = []
  for (const { name } of dataInventory) {
    if (name === "webhook_endpoints") continue
    const rows = await client.unsafe(`select 1 from ${name} own where to_jsonb(own)::text ~ $1 limit 1`, [pattern])
    if (rows.length > 0) found.push(name)
  }
  return found
}

const allOf = ({ customerId, recordId, text, pseudonym }: Person) => [customerId, recordId, text, pseudonym]
const personTables = [...customerTables.map(({ name }) => name), "messages"].sort()

test("an export shows every column about a person of every table that is exported, and nothing of the staff", async () => {
  const person = await fillAll()
  const tables = (await store.customers.exportAll(person.customerId))!
  const exported = customerTables.filter((table) => table.export === "rows")
  expect(Object.keys(tables)).toHaveLength(exported.length)
  const shown = [person.text, Buffer.from(person.text).toString("base64"), person.recordId, person.customerId]
  for (const table of exported) {
    const key = Object.keys(tables).find((name) => name.toLowerCase() === table.name.replaceAll("_", ""))!
    // Rows of other tables leave marks beside the one that was filled in.
    if (table.name === "figure_changes") expect(tables[key]!.length).toBeGreaterThan(0)
    else expect(tables[key], table.name).toHaveLength(1)
    const row = tables[key]![0] as Record<string, unknown>
    for (const [column, given] of Object.entries(table.columns))
      if (given === "staff") expect(row[column], `${table.name}.${column}`).toBeUndefined()
      else if (given !== "none" && column !== "mergedInto")
        expect(
          shown.some((text) => JSON.stringify(row[column]).includes(text)),
          `${table.name}.${column}`,
        ).toBe(true)
  }
})

test("an erasure leaves nothing in any table but ids of messages, and nobody else loses a row", async () => {
  const [person, other] = [await fillAll(), await fillAll()]
  expect((await tablesWith(allOf(person))).sort()).toEqual(personTables)
  await store.customers.erase({ customerId: person.customerId }, tester)
  expect(await tablesWith(allOf(person))).toEqual(["messages"])
  expect((await tablesWith(allOf(other))).sort()).toEqual(personTables)
})

test.each(customerTables)("a customer's rows of $name are found through indexes", async (table) => {
  const { database, close } = connect(databaseUrl, { connections: 2 })
  const id = randomUUID()
  const condition = rowsOwnedBy(table, { customerId: id, pseudonyms: sql`(select ${id}::uuid)` })
  const plan = await database.transaction(async (transaction) => {
    await transaction.execute(sql`set local enable_seqscan = off`)
    return transaction.execute(sql`explain select from ${sql.identifier(table.name)} where ${condition}`)
  })
  await close()
  expect(JSON.stringify(plan)).not.toMatch(/Seq Scan|Filter: .*SubPlan/)
})

test("the mark of an identifier that many share outlives the customers who gave it, unless the shop allowed it", async () => {
  const person = await fillAll()
  await client`update shared_identifiers set allowed_at = null where value = ${person.text}`
  await store.customers.erase({ customerId: person.customerId }, tester)
  expect(await tablesWith(allOf(person))).toEqual(["shared_identifiers", "messages"])
})

test("a merge gives every row of a customer to the one they become", async () => {
  const [kept, gone] = [await fillAll(), await fillAll()]
  await client`update profiles set created_at = now() - interval '1 day' where customer_id = ${kept.customerId}`
  await client`update profiles set history = default_history.history, traits = '{}', trait_times = '{}', claimed_traits = '{}',
    claimed_trait_times = '{}', consents = '{}' from (select ${client.json(emptyHistory as never)}::jsonb as history) default_history
    where customer_id in (${kept.customerId}, ${gone.customerId})`
  const event: IncomingEvent = {
    messageId: randomUUID(),
    identifiers: [{ type: "userId", value: kept.text }],
    previousId: gone.text,
    at: Date.now(),
    name: "Identifiers Joined",
    lines: [],
    properties: {},
  }
  const [joined] = await store.events.ingest([event], {
    mayMerge: true,
    receivedAt: Date.now(),
    deriveVector: () => null,
  })
  expect(joined).toMatchObject({ status: "accepted", customerId: kept.customerId })
  // The next count takes the ended customer's part out of the figures, and both rows away.
  expect((await tablesWith([gone.customerId])).sort()).toEqual(["customer_figures", "figure_changes", "profiles"])
  await store.customers.erase({ customerId: kept.customerId }, tester)
  expect(await tablesWith([...allOf(kept), ...allOf(gone)])).toEqual(["messages"])
})

test("a table whose rows stay as evidence loses what they say of the erased customer", async () => {
  await client`create table notes (id int primary key, customer_id uuid, said jsonb, actor text not null)`
  const [erased, other] = [randomUUID(), randomUUID()]
  await client`insert into notes values (1, ${erased}, '{"city": "Rome"}', 'ann'), (2, ${other}, '{"city": "Oslo"}', 'ann')`
  const notes = { name: "notes", erasure: { clear: ["customer_id", "said"], because: "says who did what" } }
  const { database, close } = connect(databaseUrl, { connections: 2 })
  const owner = { customerId: erased, pseudonyms: sql`(select null::uuid)` }
  expect(await eraseFrom(database, notes, owner)).toBe(1)
  await close()
  expect(await client`select * from notes order by id`).toEqual([
    { id: 1, customer_id: null, said: null, actor: "ann" },
    { id: 2, customer_id: other, said: { city: "Oslo" }, actor: "ann" },
  ])
  await client`drop table notes`
})

describe("past its lifetime", () => {
  const lifetimes = parseConfig({}).lifetimes
  const expire = (name: string, at: Date, days: number) => deleteExpired(store, name, at.getTime() - days * dayMs)
  const count = async (name: string) => (await client.unsafe(`select 1 from ${name}`)).length
  beforeAll(() => client`delete from webhook_deliveries`)

  test.each(agedTables)("a row of $name goes, a younger one stays", async ({ name, days: given }) => {
    const days = typeof given === "number" ? given : lifetimes[given]
    const now = new Date()
    await expire(name, now, -1)
    expect(await count(name)).toBe(0)
    await fill(tableNamed(name), await aPerson(), new Date(now.getTime() - (days + 1) * dayMs))
    await fill(tableNamed(name), await aPerson(), new Date(now.getTime() - (days - 1) * dayMs))
    expect(await expire(name, now, days)).toBe(1)
    expect(await count(name)).toBe(1)
  })

  test.each([
    ["items", "a standing item", "update items set deleted_at = null"],
    ["offers", "a standing offer", "update offers set deleted_at = null"],
    ["sends", "a send on its way", "update sends set state = 'dispatched'"],
    ["contacts", "a reservation that still holds", `update contacts set reservations = '[{"expiresAt": 1e15}]'`],
  ])("of %s, %s stays", async (name, _, change) => {
    await client.unsafe(`delete from ${name}`)
    await fill(tableNamed(name), await aPerson(), new Date(0))
    await client.unsafe(change)
    expect(await expire(name, new Date(), 1)).toBe(0)
  })

  test("what was held of a supply and never used is given back", async () => {
    await client`delete from supply_holds`
    const soon = Date.now() + dayMs
    await client`insert into supplies (key, used, held, updated_at) values ('stock:cup', 1, 7, now())`
    await client`insert into supply_holds (decision_id, key, amount, expires_at) values
      (${randomUUID()}, 'stock:cup', 2, to_timestamp(1)), (${randomUUID()}, 'stock:cup', 3, to_timestamp(2)),
      (${randomUUID()}, 'stock:cup', 2, to_timestamp(${soon / 1000}))`
    expect(await store.capacities.releaseExpired(Date.now(), 10)).toBe(2)
    expect(await client`select used, held from supplies where key = 'stock:cup'`).toEqual([{ used: 1, held: 2 }])
  })
})
