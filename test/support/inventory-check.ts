import type { DataClass, InventoryTable } from "../../src/store/database/data-inventory.ts"

/** A column of a database, as its catalogue tells of it. */
export interface DatabaseColumn {
  table: string
  column: string
  /** Such as `uuid` or `timestamp with time zone`. */
  type: string
}

/** Types that cannot hold an id, a text or bytes. */
const harmless = /^(timestamp|date|time|interval|boolean|smallint|integer|bigint|double precision|real|numeric)/

const aboutPersons: readonly DataClass[] = ["customerId", "recordId", "identifier", "personal"]

/** Classes that a column's name alone allows. */
const namedLike: readonly { pattern: RegExp; allowed: readonly DataClass[] }[] = [
  { pattern: /customer|merged_into/, allowed: ["customerId"] },
  { pattern: /^(message|decision|send|event|record)_id$/, allowed: ["recordId"] },
  { pattern: /traits|consent|email|phone|address|history|properties/, allowed: ["personal", "identifier"] },
  { pattern: /secret|hash|password/, allowed: ["secret"] },
]

/** Returns a sentence for each table and column that the inventory does not account for; empty when it is complete. */
export function inventoryGaps(columns: readonly DatabaseColumn[], inventory: readonly InventoryTable[]): string[] {
  const byName = new Map(inventory.map((table) => [table.name, table]))
  const tables = new Set(columns.map(({ table }) => table))
  return [
    ...[...tables].filter((name) => !byName.has(name)).map((name) => `table ${name} is not in the data inventory`),
    ...[...byName.keys()].filter((name) => !tables.has(name)).map((name) => `there is no table ${name}`),
    ...columns.flatMap((column) => columnGaps(column, byName.get(column.table))),
    ...inventory.flatMap(tableGaps),
  ]
}

function columnGaps({ table, column, type }: DatabaseColumn, entry: InventoryTable | undefined): string[] {
  if (entry === undefined) return []
  const name = `${table}.${column}`
  const key = entry.allColumns.find((known) => known.name === column)?.key
  if (key === undefined) return [`column ${name} is not in the schema`]
  const given = entry.columns[key]
  if (given === undefined) return harmless.test(type) ? [] : [`column ${name} (${type}) has no data class`]
  return namedLike
    .filter(({ pattern, allowed }) => pattern.test(column) && !allowed.includes(given))
    .map(({ allowed }) => `column ${name} is named like ${allowed.join(" or ")}, not ${given}`)
}

function tableGaps({ name, columns, lifetime, export: exported, erasure, merge, ownedBy }: InventoryTable): string[] {
  const classes = Object.values(columns)
  if (!classes.some((given) => aboutPersons.includes(given))) return []
  const hasCustomer = classes.includes("customerId")
  const gaps = [
    exported === "nothing" && "has data about persons and states no export",
    erasure === "nothing" && "has data about persons and states no erasure",
    hasCustomer && exported !== "rows" && "has customers' ids and its rows are not exported",
    hasCustomer && typeof erasure === "object" && "keep" in erasure && "has customers' ids and keeps them",
    hasCustomer && ownedBy === undefined && merge === undefined && "has customers' ids and states no merge",
    lifetime.kind === "kept" && erasure !== "delete" && "has data about persons that is kept without an end",
  ]
  return gaps.flatMap((gap) => (gap === false ? [] : [`table ${name} ${gap}`]))
}
