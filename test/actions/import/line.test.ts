import { describe, expect, test } from "vitest"
import { readLine } from "../../../src/actions/import/line.ts"
import { type MappingRequest, mapColumns } from "../../../src/actions/import/mapping.ts"

const sale = {
  CustomerID: 17850,
  Description: " RED LANTERN ",
  InvoiceDate: "2010-12-01T08:26:00",
  Quantity: 6,
  UnitPrice: 2.5,
}

function read(values: Record<string, unknown>, request: MappingRequest = { columns: {} }) {
  const row = { line: 7, values, fingerprint: "" }
  return readLine(row, mapColumns(Object.keys(values), request), Date.UTC(2025, 0, 1))
}

describe("a line", () => {
  test("of pieces sold is a completed order's", () => {
    expect(read(sale)).toMatchObject({
      line: 7,
      identifiers: [{ type: "userId", value: "17850" }],
      at: Date.UTC(2010, 11, 1, 8, 26),
      eventName: "Order Completed",
      item: { id: "RED LANTERN", title: "RED LANTERN" },
      quantity: 6,
      price: 2.5,
    })
  })

  test("of a negative quantity came back", () => {
    expect(read({ ...sale, Quantity: -2 })).toMatchObject({ eventName: "Order Refunded", quantity: 2 })
  })

  test.each([
    ["noCustomer", { CustomerID: null }],
    ["noCustomer", { CustomerID: "  " }],
    ["unreadable", { Description: "CAF\uFFFD" }],
    ["unreadable", { Description: "NUL\0" }],
    ["badTime", { InvoiceDate: "yesterday" }],
    ["noItem", { Description: null }],
    ["serviceLine", { Description: "Next Day Carriage" }],
    ["serviceLine", { Description: "CRUK Commission" }],
    ["badQuantity", { Quantity: "many" }],
    ["zeroQuantity", { Quantity: 0 }],
    ["badPrice", { UnitPrice: "free" }],
    ["negativePrice", { UnitPrice: -11_062.06 }],
    ["zeroPrice", { UnitPrice: 0 }],
  ])("is rejected as %s if it has %j", (reason, change) => {
    expect(read({ ...sale, ...change })).toMatchObject({ line: 7, reason })
  })

  test.each([
    ["serviceLine", { Description: "Manual" }],
    ["zeroPrice", { UnitPrice: 0 }],
  ] as const)("rejected as %s is kept on request", (reason, change) => {
    expect(read({ ...sale, ...change }, { columns: {}, keep: [reason] })).toMatchObject({
      eventName: "Order Completed",
    })
  })

  test("that merely mentions postage is a product", () => {
    expect(read({ ...sale, Description: "VINTAGE POSTAGE STAMP CUSHION" })).toHaveProperty("item")
  })

  test("takes its event from a column", () => {
    const row = { visitorid: 5, itemid: 9, timestamp: 1_433_221_332_117, event: "addtocart" }
    expect(read(row)).toMatchObject({
      identifiers: [{ type: "anonymousId", value: "5" }],
      eventName: "Product Added",
      item: { id: "9" },
      quantity: 1,
      price: undefined,
    })
  })

  test("takes a named event where no column names one", () => {
    expect(read(sale, { columns: { event: "Product Viewed" } })).toMatchObject({ eventName: "Product Viewed" })
  })

  test("of an event about no product needs no item", () => {
    expect(read({ user_id: "u", time: "2020-01-01", event: "Delivery Delayed" })).toMatchObject({ item: undefined })
  })
})
