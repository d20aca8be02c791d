import { gzipSync } from "node:zlib"
import { parquetWriteBuffer } from "hyparquet-writer"
import { describe, expect, test } from "vitest"
import type { MappingRequest } from "../../../src/actions/import/mapping.ts"
import { previewImport } from "../../../src/actions/import/preview-import.ts"
import { fileWriter } from "../../support/write-file.ts"

const write = fileWriter()
const nowMs = Date.UTC(2025, 5, 1)
const noon = Date.UTC(2025, 2, 14, 12)

const preview = (name: string, content: string | Uint8Array, request: Partial<MappingRequest> = {}) =>
  previewImport({ path: write(name, content), mapping: { columns: {}, ...request } }, { nowMs })
const table = (...lines: readonly string[]) => ["user,date,item,title,qty,price", ...lines].join("\n")

/** Every line that was read ends in exactly one count. */
const counted = ({ linesByEvent, linesRejected }: Awaited<ReturnType<typeof preview>>) =>
  [...Object.values(linesByEvent), ...Object.values(linesRejected)].reduce((sum, lines) => sum + lines, 0)

describe("an unclosed quote", () => {
  const row = (n: number, title = "cup") => `u${n},2025-03-14,i${n},${title},1,2.50`

  test.each([
    ["alone", [row(1), row(2, '"cup'), row(3), row(4)]],
    ["before quoted fields", [row(1), row(2, '"cup'), row(3, '"cup, blue"'), row(4, '"5"" plate"')]],
    ["at the end of the file", [row(1), row(3), row(4), row(2, '"cup')]],
    ["far before the next quote", [row(1), row(2, '"cup'), ...Array.from({ length: 600 }, (_, n) => row(n + 10))]],
    ["before a stray quote", [row(1), row(2, '"cup'), row(3), row(4, '5"')]],
  ])("%s costs one line", async (_, lines) => {
    const made = await preview("quote.csv", table(...lines))
    expect(made.linesRejected).toEqual({ unreadable: 1 })
    expect(made.linesByEvent).toEqual({ "Order Completed": lines.length - 1 })
  })

  test("twice costs two lines", async () => {
    const made = await preview("quotes.csv", table(row(1, '"cup'), row(2), row(3, '"cup'), row(4)))
    expect(made).toMatchObject({ linesRejected: { unreadable: 2 }, linesByEvent: { "Order Completed": 2 } })
  })

  test("is none where a quoted field goes over several lines", async () => {
    const made = await preview("multiline.csv", table('u1,2025-03-14,i1,"cup\n\nof ""tea"", hot",1,2.50', row(2)))
    expect(made).toMatchObject({ linesRejected: {}, linesByEvent: { "Order Completed": 2 } })
  })
})

describe("what a spreadsheet writes", () => {
  const semicolons = "sep=;\r\nuser;date;item;qty;price\r\nu1;14.03.2025 12:00;i1;1,000;2,50\r\n"

  test("is read behind its sep= line, numbers by its decimal comma", async () => {
    const { firstEvents, decimalMark } = await preview("sep.csv", semicolons)
    expect(decimalMark).toBe("comma")
    expect(firstEvents).toMatchObject([{ at: noon, lines: [{ itemId: "i1", quantity: 1, price: 2.5 }] }])
  })

  test.each([
    ["UTF-8 with a mark", Buffer.from(`\uFEFF${semicolons}`)],
    ["UTF-16, little end first", Buffer.from(`\uFEFF${semicolons}`, "utf16le")],
    ["UTF-16, big end first", Buffer.from(`\uFEFF${semicolons}`, "utf16le").swap16()],
    ["UTF-16 without a mark", Buffer.from(semicolons, "utf16le")],
    ["CR alone at line ends", Buffer.from(semicolons.replaceAll("\r\n", "\r"))],
    ["gzip without saying so", gzipSync(semicolons)],
  ])("is read in %s, with its names as they are", async (_, bytes) => {
    const made = await preview("excel.csv", bytes)
    expect(made).toMatchObject({ column: { customer: "user", at: "date" }, linesByEvent: { "Order Completed": 1 } })
  })

  test("serial days are times", async () => {
    const { firstEvents } = await preview("serial.csv", table("u1,45730.5,i1,cup,1,2.50"))
    expect(firstEvents[0]?.at).toBe(noon)
  })
})

describe("columns set apart", () => {
  test.each([
    ["tabs", "\t"],
    ["bars", "|"],
    ["blanks", "   "],
  ])("by %s are read", async (_, delimiter) => {
    const lines = [
      ["user", "date", "item", "price"],
      ["u1", "20250314", "i1", "2.50"],
    ]
    const made = await preview("apart.txt", lines.map((fields) => fields.join(delimiter)).join("\n"))
    expect(made.firstEvents).toMatchObject([{ at: noon - 12 * 3_600_000, lines: [{ itemId: "i1", price: 2.5 }] }])
  })

  test("without a line of names are refused with what to do", async () => {
    await expect(preview("headless.txt", " 00004 19970101 1 29.33\n 00004 19970118 2 29.73\n")).rejects.toThrow(
      /headless\.txt holds values, not the names of its columns/,
    )
  })
})

describe("numbers", () => {
  const prices = (...written: string[]) =>
    table(...written.map((price, n) => `u${n},2025-03-14,i${n},cup,1,"${price}"`))

  test("are read by the mark that the whole file shows", async () => {
    expect((await preview("point.csv", prices("1,000", "12.50"))).firstEvents[0]?.lines[0]?.price).toBe(1000)
    expect((await preview("comma.csv", prices("1,000", "12,50"))).firstEvents[0]?.lines[0]?.price).toBe(1)
  })

  test("that show their mark only behind many that do not are read by it", async () => {
    const made = await preview("late.csv", prices(...Array<string>(25_000).fill("1,000"), "0,5"))
    expect(made.decimalMark).toBe("comma")
  })

  test("that could be read two ways are refused with the flag", async () => {
    await expect(preview("either.csv", prices("1,000", "2,000"))).rejects.toThrow(
      /"1,000".*--decimal point or --decimal comma/,
    )
    const { firstEvents } = await preview("told.csv", prices("1,000", "2,000"), { decimalMark: "comma" })
    expect(firstEvents[0]?.lines[0]?.price).toBe(1)
  })

  test("written both ways are refused with an example of each", async () => {
    await expect(preview("both.csv", prices("1,50", "1.50"))).rejects.toThrow(/"1,50".*"1\.50".*--decimal/)
  })
})

describe("dates", () => {
  const dates = (...written: string[]) => table(...written.map((date, n) => `u${n},${date},i${n},cup,1,2.50`))

  test("have the order of day and month that the whole file shows", async () => {
    const { firstEvents } = await preview("mdy.csv", dates("3/4/2025 12:00 PM", "3/14/2025 12:00 PM"))
    expect(firstEvents.map(({ at }) => at)).toEqual([Date.UTC(2025, 2, 4, 12), noon])
  })

  test("that could be read two ways are refused with the flag", async () => {
    await expect(preview("dates.csv", dates("3/4/2025", "5/6/2025"))).rejects.toThrow(/--dates dmy or --dates mdy/)
  })

  test("in both orders are refused, but for a few, which are rejected", async () => {
    await expect(preview("orders.csv", dates("3/14/2025", "14/3/2025"))).rejects.toThrow(/--dates/)
    const few = await preview("few.csv", dates(...Array<string>(200).fill("3/14/2025"), "14/3/2025"))
    expect(few.linesRejected).toEqual({ badTime: 1 })
  })

  test("of years to come, and zeros for no time, are rejected", async () => {
    const made = await preview("years.csv", dates("2099-01-01", "9999-12-31", "1970-01-01", "2025-03-14"))
    expect(made).toMatchObject({ linesRejected: { futureTime: 2, badTime: 1 }, lastAt: Date.UTC(2025, 2, 14) })
  })

  test("that are none are rejected with the forms that are read", async () => {
    const { notes } = await preview("soon.csv", dates("soon"))
    expect(notes.join()).toMatch(/Times are read as ISO 8601/)
  })
})

describe("JSON", () => {
  const order = (n: number) => ({ user: `u${n}`, date: "2025-03-14", item: `i${n}`, price: 2.5 })
  const orders = Array.from({ length: 4000 }, (_, n) => order(n))

  test.each([
    ["in one line", JSON.stringify(orders)],
    ["over many lines", JSON.stringify(orders, null, 2)],
    ["under a name", `{"orders": ${JSON.stringify(orders)}}`],
    ["as a pretty object behind the other", orders.map((one) => JSON.stringify(one, null, 2)).join("\n")],
    ["as NDJSON", orders.map((one) => JSON.stringify(one)).join("\n")],
  ])("%s is read", async (_, text) => {
    expect(await preview("orders.json", text)).toMatchObject({
      linesByEvent: { "Order Completed": 4000 },
      linesRejected: {},
    })
  })

  test("that breaks in one element of an array loses only that one", async () => {
    const text = `[\n${[order(1), order(2), order(3)].map((one) => JSON.stringify(one)).join(",\n")}\n]`
    const made = await preview("broken.json", text.replace('"i2"', '"i2'))
    expect(made).toMatchObject({ linesByEvent: { "Order Completed": 2 }, linesRejected: { unreadable: 1 } })
  })

  test("that is none is refused by the file's name", async () => {
    await expect(preview("page.json", "<html>")).rejects.toThrow(/page\.json is not JSON/)
    await expect(preview("half.ndjson", '{"user": nobody}\n')).rejects.toThrow(/half\.ndjson.*not JSON/)
  })
})

test("a gzip file that breaks off is refused by its name", async () => {
  const bytes = gzipSync(table(...Array.from({ length: 500 }, (_, n) => `u${n},2025-03-14,i${Math.sqrt(n)},cup,1,2`)))
  await expect(preview("half.csv.gz", bytes.subarray(0, bytes.length / 2))).rejects.toThrow(
    /half\.csv\.gz is not a whole gzip file/,
  )
})

describe("nested columns", () => {
  test("of Parquet are the paths that NDJSON has", async () => {
    const schema = [
      { name: "root", num_children: 3 },
      { name: "user", type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const },
      { name: "date", type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const },
      { name: "properties", repetition_type: "OPTIONAL" as const, num_children: 1 },
      {
        name: "product_id",
        type: "BYTE_ARRAY" as const,
        converted_type: "UTF8" as const,
        repetition_type: "OPTIONAL" as const,
      },
    ]
    const bytes = parquetWriteBuffer({
      schema,
      columnData: [
        { name: "user", data: ["u1", "u2"] },
        { name: "date", data: ["2025-03-14", "2025-03-15"] },
        { name: "properties", data: [{ product_id: "i1" }, { product_id: "i2" }] },
      ],
    })
    const made = await preview("struct.parquet", new Uint8Array(bytes))
    expect(made.column.item).toBe("properties.product_id")
    expect(made.firstEvents.map(({ lines }) => lines[0]?.itemId)).toEqual(["i1", "i2"])
  })

  test("that list products give one event with all of them", async () => {
    const order = {
      number: 7,
      status: "completed",
      date_created: "2025-03-14T12:00:00",
      customer_id: 0,
      billing: { email: "eve@example.org" },
      line_items: [
        { product_id: 11, name: "Cup", quantity: 2, price: "2.50" },
        { product_id: 12, name: "Pot", quantity: 1, price: "9.00" },
      ],
    }
    const { firstEvents } = await preview("woo.json", JSON.stringify([order]))
    expect(firstEvents).toMatchObject([
      {
        at: noon,
        identifiers: [{ type: "email", value: "eve@example.org" }],
        lines: [
          { itemId: "11", quantity: 2, price: 2.5 },
          { itemId: "12", quantity: 1, price: 9 },
        ],
      },
    ])
  })
})

describe("archives", () => {
  test("of tracking calls are the events they were", async () => {
    const at = "2025-03-14T12:00:00.000Z"
    const calls = [
      { type: "identify", messageId: "m1", userId: "u1", traits: { email: "eve@example.org" }, timestamp: at },
      {
        type: "track",
        messageId: "m2",
        userId: "u1",
        event: "product_viewed",
        properties: { sku: "i1" },
        timestamp: at,
      },
      { type: "track", messageId: "m3", userId: "u1", event: "Lamp Rubbed", timestamp: at },
      { type: "track", messageId: "m4", userId: "u1", event: "Order Completed" },
    ]
    const made = await preview("calls.ndjson.gz", gzipSync(calls.map((call) => JSON.stringify(call)).join("\n")))
    expect(made).toMatchObject({
      linesByEvent: { "Customer Identified": 1, "Product Viewed": 1, "Lamp Rubbed": 1 },
      linesRejected: { badTime: 1 },
      namesNotUnderstood: { "Lamp Rubbed": 1 },
      firstAt: noon,
      lastAt: noon,
    })
  })

  test("of Google Analytics' export are events of the device and of the user, where there is one", async () => {
    const row = (name: string, user: string | null, items: object[]) => ({
      event_date: "20250314",
      event_timestamp: String(noon * 1000),
      event_name: name,
      user_id: user,
      user_pseudo_id: "9.9",
      event_params: [{ key: "transaction_id", value: { string_value: "T1", int_value: null } }],
      items,
    })
    const item = { item_id: "i1", item_name: "Cup", price: 2.5, quantity: 2 }
    const rows = [row("view_item", null, [item]), row("purchase", "u1", [item, { ...item, item_id: "i2" }])]
    const made = await preview("ga4.json", rows.map((one) => JSON.stringify(one)).join("\n"))
    expect(made.firstEvents).toMatchObject([
      { name: "Product Viewed", at: noon, identifiers: [{ type: "anonymousId", value: "9.9" }] },
      {
        name: "Order Completed",
        identifiers: [{ value: "u1" }, { value: "9.9" }],
        lines: [{ itemId: "i1" }, { itemId: "i2" }],
      },
    ])
    expect(made).toMatchObject({ events: 2, orders: 1, linesRead: 3 })
  })
})

test("all lines read are recorded, rejected or left out, in every kind of trouble", async () => {
  const made = await preview(
    "trouble.csv",
    table(
      "u1,2025-03-14,i1,cup,1,2.50",
      "u1,2025-03-14,i1,cup,1,2.50",
      "guest,2025-03-14,i1,cup,1,2.50",
      "u2,soon,i1,cup,1,2.50",
      'u3,2025-03-14,"i1,cup,1,2.50',
      "u4,2025-03-14,POST,Postage,1,2.50",
      "u5,2025-03-14,i1,cup,some,2.50",
      "u6,2025-03-14,i1,cup,1,2.50,more",
      "u7,2025-03-14,,cup,1,2.50",
      "u8,2025-03-14,i1,cup,0,2.50",
    ),
  )
  expect(made.linesRead).toBe(10)
  expect(counted(made)).toBe(10)
  expect(made.charges).toEqual([{ id: "POST", title: "Postage", lines: 1 }])
})
