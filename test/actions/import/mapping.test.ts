import { describe, expect, test } from "vitest"
import { mapColumns } from "../../../src/actions/import/mapping.ts"

const onlineRetail = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
]

describe("columns", () => {
  test("are recognised by their names", () => {
    expect(mapColumns(onlineRetail, { columns: {} }).column).toEqual({
      customer: "CustomerID",
      at: "InvoiceDate",
      item: "StockCode",
      quantity: "Quantity",
      price: "UnitPrice",
      order: "InvoiceNo",
      title: "Description",
    })
  })

  test("named by the caller go before those recognised, whatever their spelling", () => {
    const { column } = mapColumns(onlineRetail, { columns: { item: "description", customer: "Country" } })
    expect(column).toMatchObject({ item: "Description", customer: "Country" })
    expect(column).not.toHaveProperty("title")
  })

  test("that are not there are refused with those that are", () => {
    expect(() => mapColumns(["a", "b"], { columns: { customer: "c" } })).toThrow(/no column "c".*a, b/)
  })

  test("for customer and time cannot be missing", () => {
    expect(() => mapColumns(["time"], { columns: {} })).toThrow(/--customer/)
    expect(() => mapColumns(["user"], { columns: {} })).toThrow(/--at/)
  })
})

test("an e-mail column names customers by e-mail, unless told otherwise", () => {
  expect(mapColumns(["email", "date"], { columns: {} }).customerType).toBe("email")
  expect(mapColumns(["email", "date"], { columns: {}, customerType: "userId" }).customerType).toBe("userId")
})
