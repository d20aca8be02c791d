import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { importFile } from "../../../src/actions/import/import-file.ts"
import type { Services } from "../../../src/services.ts"
import type { Store } from "../../../src/store/store.ts"
import { tester } from "../../support/actor.ts"
import { openTestStore } from "../../support/database.ts"
import { plainServices } from "../../support/plain-services.ts"

const orders = new URL("./orders/orders.csv", import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), "beforehand-import-"))
const rejectedFile = join(folder, "rejected.ndjson")
const lantern = "LANTERN, RED"
let store: Store
let services: Services

beforeAll(async () => {
  store = await openTestStore()
  services = plainServices(store, Date.now)
  await store.items.upsert([{ id: lantern, title: "Red lantern", price: 3, stock: 4 }], tester)
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const importOrders = (path = orders) =>
  importFile(services, { path, mapping: { columns: {} }, addItems: true, rejectedFile }, tester, () => {})
const read = (value: string) => store.customers.read({ type: "userId", value })

test("a file's lines become events, folded into their customers' histories", async () => {
  const report = await importOrders()
  expect(report).toMatchObject({
    linesRead: 7,
    linesRecorded: { "Order Completed": 2 + 1, "Order Refunded": 1 },
    linesKnownBefore: 0,
    linesRejected: { duplicateLine: 1, noCustomer: 1, serviceLine: 1 },
    events: 3,
    customers: 2,
    rejectedFile,
  })
  const { history } = await read("17850")
  expect(history.items[lantern]).toMatchObject({ purchases: 1, quantity: 6, returns: 3 })
  expect(history.orders).toBe(1)
})

test("rejected lines are in a file, each with its line and reason", () => {
  const lines = readFileSync(rejectedFile, "utf8").trim().split("\n")
  expect(lines.map((line) => JSON.parse(line)).map(({ line, reason }) => [line, reason])).toEqual([
    [4, "duplicateLine"],
    [5, "noCustomer"],
    [7, "serviceLine"],
  ])
})

test("items the catalogue lacks are added with their last price, and the others stay as the shop made them", async () => {
  expect(await store.items.get('MUG "TEA"')).toEqual({ id: 'MUG "TEA"', title: 'MUG "TEA"', price: 1.25 })
  expect(await store.items.get(lantern)).toMatchObject({ title: "Red lantern", price: 3, stock: 4 })
})

test("a second run of the same file changes nothing", async () => {
  const before = await read("17850")
  const report = await importOrders()
  expect(report).toMatchObject({ linesRecorded: {}, linesKnownBefore: 4, events: 0, customers: 2, itemsMade: 0 })
  expect((await read("17850")).history).toEqual(before.history)
})

test("a run that recorded something leaves one audit row with its counts, a repeated one none", async () => {
  const rows = await services.store.audit.list({ action: "imports.record", limit: 10 })
  expect(rows).toMatchObject([
    {
      actor: { kind: "system", id: "test" },
      subject: { kind: "import", id: "orders.csv" },
      before: null,
      after: { as: "events", linesRecorded: { "Order Completed": 3, "Order Refunded": 1 }, linesKnownBefore: 0 },
    },
  ])
})

test("a run that was cut off before it folded is completed by the next", async () => {
  const path = join(folder, "later.csv")
  writeFileSync(path, "user,date,item\nlate,2020-01-01,a\nlate,2020-01-02,a\n")
  await expect(
    importFile(
      {
        ...services,
        live: {
          current: () => {
            throw new Error("cut off")
          },
        },
      },
      {
        path,
        mapping: { columns: {} },
        addItems: true,
        rejectedFile,
      },
      tester,
      () => {},
    ),
  ).rejects.toThrow("cut off")
  expect((await read("late")).history.orders).toBe(0)
  expect(await importOrders(path)).toMatchObject({ linesKnownBefore: 2, customers: 1 })
  expect((await read("late")).history.orders).toBe(2)
})

test("a line with characters that are no text harms no other", async () => {
  const path = join(folder, "odd.ndjson")
  const line = (user: string, item: string) => JSON.stringify({ user, date: "2020-01-01", item })
  writeFileSync(path, [line("odd", "a\u0000b"), line("odd", "\ud800"), line("odd", "fine")].join("\n"))
  expect(await importOrders(path)).toMatchObject({ linesRejected: { unreadable: 2 }, events: 1 })
})

test("a file that is not there, or whose format its name hides, is refused with what to do", async () => {
  await expect(importOrders(join(folder, "nowhere.csv"))).rejects.toThrow(/no readable file/)
  const path = join(folder, "orders.data")
  writeFileSync(path, "")
  await expect(importOrders(path)).rejects.toThrow(/--format csv, ndjson, json or parquet/)
})
