import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { dataInventory, type InventoryTable } from "../src/store/database/data-inventory.ts"
import { type DatabaseColumn, inventoryGaps } from "./support/inventory-check.ts"

interface Snapshot {
  tables: Record<string, { name: string; columns: Record<string, { name: string; type: string }> }>
}

/** Columns as the newest migration leaves them. */
function migratedColumns(): DatabaseColumn[] {
  const newest = readdirSync("drizzle/meta")
    .filter((name) => name.endsWith("_snapshot.json"))
    .sort()
    .at(-1)!
  const { tables }: Snapshot = JSON.parse(readFileSync(`drizzle/meta/${newest}`, "utf8"))
  return Object.values(tables).flatMap(({ name: table, columns }) =>
    Object.values(columns).map(({ name: column, type }) => ({ table, column, type })),
  )
}

const columns = migratedColumns()

test("every table and column of the schema is in the data inventory", () => {
  expect(columns.length).toBeGreaterThan(100)
  expect(inventoryGaps(columns, dataInventory)).toEqual([])
})

/** The schema `drizzle` holds the journal of migrations, no data of the shop. */
test("every table that a migration makes by hand is in the data inventory", () => {
  const names = readdirSync("drizzle")
    .filter((name) => name.endsWith(".sql"))
    .flatMap((name) => [
      ...readFileSync(`drizzle/${name}`, "utf8").matchAll(
        /create\s+(?:unlogged\s+)?table\s+(?:if not exists\s+)?(?!drizzle\.)"?(\w+)/gi,
      ),
    ])
    .map(([, name]) => name!)
  const known = new Set(dataInventory.map(({ name }) => name))
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter((name) => !known.has(name))).toEqual([])
})

/** The gaps that a change of the schema or the inventory opens. */
const gapsWith = (added: readonly DatabaseColumn[], inventory: readonly InventoryTable[] = dataInventory) =>
  inventoryGaps([...columns, ...added], inventory)

test("a new table without an entry is found", () => {
  expect(gapsWith([{ table: "notes", column: "body", type: "text" }])).toEqual([
    "table notes is not in the data inventory",
  ])
})

test.each([
  ["text", "text"],
  ["JSON", "jsonb"],
  ["bytes", "bytea"],
  ["an id", "uuid"],
  ["a list of texts", "text[]"],
])("a new column of %s without a class is found, one of numbers needs none", (_, type) => {
  const items = { ...dataInventory.find(({ name }) => name === "items")! }
  const key = { key: "note", name: "note", type }
  const extended = { ...items, allColumns: [...items.allColumns, key] }
  const inventory = dataInventory.map((table) => (table.name === "items" ? extended : table))
  expect(gapsWith([{ table: "items", column: "note", type }], inventory)).toEqual([
    `column items.note (${type}) has no data class`,
  ])
  expect(gapsWith([{ table: "items", column: "note", type: "double precision" }], inventory)).toEqual([])
})

/** The inventory with one table's entry changed. */
const changed = (name: string, change: Partial<InventoryTable>) =>
  dataInventory.map((table) => (table.name === name ? { ...table, ...change } : table))

test("an entry that forgets export, erasure, merge or an end is found", () => {
  const gapsOf = (name: string, change: Partial<InventoryTable>) => gapsWith([], changed(name, change))
  expect(gapsOf("contents", { export: "nothing" })).toContain(
    "table contents has data about persons and states no export",
  )
  expect(gapsOf("contents", { erasure: "nothing" })).toContain(
    "table contents has data about persons and states no erasure",
  )
  expect(gapsOf("events", { erasure: { keep: "for statistics" } })).toContain(
    "table events has customers' ids and keeps them",
  )
  expect(gapsOf("sends", { export: { no: "large" } })).toContain(
    "table sends has customers' ids and its rows are not exported",
  )
  const { merge: _, ...withoutMerge } = dataInventory.find(({ name }) => name === "events")!
  expect(
    gapsWith(
      [],
      dataInventory.map((table) => (table.name === "events" ? withoutMerge : table)),
    ),
  ).toEqual(["table events has customers' ids and states no merge"])
  expect(gapsOf("messages", { lifetime: { kind: "kept", because: "disk is cheap" } })).toContain(
    "table messages has data about persons that is kept without an end",
  )
})

test("a column whose name says what it holds cannot be classed as something else", () => {
  const { columns: classes } = dataInventory.find(({ name }) => name === "outcomes")!
  expect(gapsWith([], changed("outcomes", { columns: { ...classes, customerId: "none", messageId: "none" } }))).toEqual(
    [
      "column outcomes.customer_id is named like customerId, not none",
      "column outcomes.message_id is named like recordId, not none",
    ],
  )
})
