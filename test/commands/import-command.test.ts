import { expect, test } from "vitest"
import { runDryImport } from "../../src/commands/import-command.ts"
import { fileWriter } from "../support/write-file.ts"

const write = fileWriter()
const nowMs = Date.UTC(2025, 5, 1)
const run = (name: string, content: string, flags: object = {}) =>
  runDryImport(write(name, content), { items: true, ...flags }, nowMs)

test("a dry run of which nothing would be recorded is a failure that names the accepted forms", async () => {
  const { text, isNothing } = await run("soon.csv", "user,date,item\nu1,soon,cup\n")
  expect(isNothing).toBe(true)
  expect(text).toMatch(/badTime: "soon" is not a time/)
  expect(text).toMatch(/Times are read as ISO 8601/)
})

test("a dry run says how dates and numbers are read, the span, and what the file lacks", async () => {
  const { text, isNothing } = await run(
    "de.csv",
    "user;date;sku;price\nu1;14.03.2025;cup;2,50\nu2;15.03.2025;cup;1.000\n",
  )
  expect(isNothing).toBe(false)
  for (const said of [
    "dates have the day first",
    "numbers have a decimal comma",
    "2 events of 2 customers, 1 items, 2 orders",
    "from 2025-03-14 to 2025-03-15",
    "There is no order number",
  ])
    expect(text).toContain(said)
})

test("statuses are not looked at on request, and further ones leave lines out", async () => {
  const orders = "user,order_id,date,sku,status\nu1,1,2025-03-14,cup,cancelled\nu2,2,2025-03-14,cup,b2b\n"
  const counts = async (flags: object) => JSON.parse((await run("status.csv", orders, { json: true, ...flags })).text)
  expect(await counts({})).toMatchObject({ linesByEvent: { "Order Cancelled": 1, "Order Completed": 1 } })
  expect(await counts({ status: false })).toMatchObject({ linesByEvent: { "Order Completed": 2 } })
  expect(await counts({ leaveOut: ["B2B"] })).toMatchObject({ linesRejected: { leftOutByStatus: 1 } })
})
