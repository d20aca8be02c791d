import { expect, test } from "vitest"
import { previewImport } from "../../../src/actions/import/preview-import.ts"

const orders = new URL("./orders/orders.parquet", import.meta.url).pathname

test("a preview shows format, columns, first events and what becomes of each line", async () => {
  expect(
    await previewImport(
      { path: orders, mapping: { columns: { title: "Description" } } },
      { nowMs: Date.UTC(2020, 0, 1) },
    ),
  ).toMatchObject({
    format: "parquet",
    column: { customer: "CustomerID", at: "InvoiceDate", item: "Description", order: "InvoiceNo" },
    ignoredColumns: [],
    customerType: "userId",
    linesRead: 7,
    linesByEvent: { "Order Completed": 3, "Order Refunded": 1 },
    linesRejected: { duplicateLine: 1, noCustomer: 1, serviceLine: 1 },
    firstEvents: [
      { name: "Order Completed", at: Date.UTC(2010, 11, 1, 8, 26), identifiers: [{ type: "userId", value: "17850" }] },
      { name: "Order Completed" },
      { name: "Order Refunded" },
    ],
    rejectionExamples: { duplicateLine: [{ line: 3 }], noCustomer: [{ line: 4 }], serviceLine: [{ line: 6 }] },
  })
})
