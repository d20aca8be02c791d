import { getTableColumns, getTableName, is, Table } from "drizzle-orm"
import { expect, test } from "vitest"
import { customerTables } from "../../../src/store/customers/customer-tables.ts"
import * as schema from "../../../src/store/database/schema.ts"

test("export and erasure know every table that has a customer", () => {
  const withCustomer = Object.values(schema)
    .filter((value): value is Extract<typeof value, Table> => is(value, Table))
    .filter((table) => "customerId" in getTableColumns(table))
    .map((table) => getTableName(table))
  expect([...customerTables].sort()).toEqual(withCustomer.sort())
})
