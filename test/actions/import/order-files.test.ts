import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, describe, expect, test } from "vitest"
import { LineReader } from "../../../src/actions/import/line-reader.ts"
import { openImport } from "../../../src/actions/import/open-import.ts"
import { formatOf, openRows } from "../../../src/actions/import/rows.ts"
import { ImportSummary } from "../../../src/actions/import/summary.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-rows-"))
afterAll(() => rmSync(folder, { recursive: true }))
const fixture = (format: string) => new URL(`./orders/orders.${format}`, import.meta.url).pathname

function gzipped(format: "csv" | "ndjson"): string {
  const path = join(folder, `orders.${format}.gz`)
  writeFileSync(path, gzipSync(readFileSync(fixture(format))))
  return path
}

function semicolons(): string {
  const path = join(folder, "semicolons.csv")
  const text = readFileSync(fixture("csv"), "utf8")
  writeFileSync(
    path,
    text
      .replaceAll(",", ";")
      .replaceAll("LANTERN;", "LANTERN,")
      .replaceAll(/(\d)\.(\d\d)\r/g, "$1,$2\r"),
  )
  return path
}

async function eventsOf(path: string) {
  const { mapping, batches } = await openImport({ path, mapping: { columns: {}, timeZone: "Europe/London" } })
  const options = { fileDigest: "digest", latestMs: Date.UTC(2020, 0, 1), summary: new ImportSummary() }
  const reader = new LineReader(mapping, options)
  const made = []
  for await (const batch of batches) for (const row of batch) made.push(...reader.read(row))
  made.push(...reader.finish())
  return {
    rejected: made.flatMap((one) => ("reason" in one ? [one.reason] : [])),
    events: made.flatMap((one) => ("event" in one ? [{ ...one.event, messageId: "", count: one.lines.length }] : [])),
  }
}

const u17850 = [{ type: "userId", value: "17850" }]
const expected = {
  rejected: ["duplicateLine", "noCustomer", "serviceLine"],
  events: [
    {
      messageId: "",
      at: Date.UTC(2010, 11, 1, 8, 26),
      name: "Order Completed",
      lines: [
        { itemId: "LANTERN, RED", quantity: 6, price: 2.55 },
        { itemId: 'MUG "TEA"', quantity: 2, price: 1.25 },
      ],
      properties: { orderId: "A1" },
      identifiers: u17850,
      count: 2,
    },
    {
      messageId: "",
      at: Date.UTC(2011, 6, 1, 8),
      name: "Order Completed",
      lines: [{ itemId: "BÜRSTE", quantity: 1, price: 4 }],
      properties: { orderId: "A3" },
      identifiers: [{ type: "userId", value: "13047" }],
      count: 1,
    },
    {
      messageId: "",
      at: Date.UTC(2011, 6, 2, 9, 30),
      name: "Order Refunded",
      lines: [{ itemId: "LANTERN, RED", quantity: 3, price: 2.55 }],
      properties: { orderId: "A4" },
      identifiers: u17850,
      count: 1,
    },
  ],
}

describe.each([
  ["CSV", () => fixture("csv")],
  ["CSV with semicolons and decimal commas", semicolons],
  ["CSV, gzipped", () => gzipped("csv")],
  ["NDJSON", () => fixture("ndjson")],
  ["NDJSON, gzipped", () => gzipped("ndjson")],
  ["Parquet", () => fixture("parquet")],
])("a file of %s", (_, pathOf) => {
  test("gives the same events and rejections as every other", async () => {
    expect(await eventsOf(pathOf())).toEqual(expected)
  })

  test("names its columns in the order of the file", async () => {
    const { columns } = await openRows(pathOf(), await formatOf(pathOf()))
    expect(columns).toEqual(["InvoiceNo", "CustomerID", "Description", "InvoiceDate", "Quantity", "UnitPrice"])
  })
})
