import { expect, test } from "vitest"
import { previewImport } from "../../../src/actions/import/preview-import.ts"
import { fileWriter } from "../../support/write-file.ts"

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

const write = fileWriter()
const previewLines = (name: string, lines: readonly string[]) =>
  previewImport({ path: write(name, lines.join("\n")), mapping: { columns: {} } }, { nowMs: Date.UTC(2025, 5, 1) })

test("a preview tells of an address that many customers share, and of one customer who has a large share of the lines", async () => {
  const lines = Array.from({ length: 30 }, (_, n) => [
    `c${n},2025-03-14,cup,${n % 2 === 0 ? "info@till.example" : `c${n}@home.example`}`,
    `till,2025-03-14,cup${n},`,
  ])
  const made = await previewLines("shared.csv", ["user,date,item,email", ...lines.flat()])
  expect(made.sharedIdentifiers).toEqual([{ identifier: "email:info@till.example", customers: 15 }])
  expect(made.largestCustomer).toEqual({ customer: "till", lines: 30 })
  expect(made).toMatchObject({ customers: 31, items: 31 })
})

test("a preview gives up to three examples of each reason, and every name that is not understood", async () => {
  const made = await previewLines("words.csv", [
    "user,date,item,event",
    ...["viewed", "rubbed", "rubbed", "payment_failed", "Bought"].map((event, n) => `c${n},2025-03-14,cup,${event}`),
    ...Array.from({ length: 5 }, () => "n/a,2025-03-14,cup,viewed"),
    "c9,soon,cup,viewed",
  ])
  expect(made.namesNotUnderstood).toEqual({ rubbed: 2 })
  expect(made.linesByEvent).toEqual({ "Product Viewed": 1, rubbed: 2, "Payment Failed": 1, "Order Completed": 1 })
  expect(made.rejectionExamples.noCustomer).toHaveLength(3)
  expect(made.rejectionExamples.badTime).toHaveLength(1)
})

test("a preview that stops at a bound says so", async () => {
  const path = write("long.csv", ["user,date,item", ...Array(5000).fill("c1,2025-03-14,cup")].join("\n"))
  const options = { nowMs: Date.UTC(2025, 5, 1), mostLines: 1000 }
  expect(await previewImport({ path, mapping: { columns: {} } }, options)).toMatchObject({
    isCutOff: true,
    linesRead: 2000,
  })
})
