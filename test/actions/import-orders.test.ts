import { afterAll, beforeAll, expect, test } from "vitest"
import { importFile } from "../../src/actions/import/import-file.ts"
import { defaultShopSettings } from "../../src/core/settings/shop-settings.ts"
import type { Services } from "../../src/services.ts"
import type { Store } from "../../src/store/store.ts"
import { tester } from "../support/actor.ts"
import { openTestStore } from "../support/database.ts"
import { plainServices } from "../support/plain-services.ts"
import { fileWriter } from "../support/write-file.ts"

const write = fileWriter()
let store: Store
let services: Services

beforeAll(async () => {
  store = await openTestStore()
  services = plainServices(store, () => Date.UTC(2025, 5, 1))
})
afterAll(() => store.close())

function importLines(name: string, lines: readonly string[]) {
  const path = write(name, lines.join("\n"))
  const request = { path, mapping: { columns: {} }, addItems: true, rejectedFile: `${path}.rejected.ndjson` }
  return importFile(services, request, tester, () => {})
}
const historyOf = async (type: "userId" | "email", value: string) =>
  (await store.customers.read({ type, value })).history

test("an order that an overlapping file tells again counts once, also with a line more", async () => {
  const head = "customer_id,order_id,order_date,sku,quantity,price"
  const first = ["n1,N-1,2025-03-01 10:00,cup,1,4", "n2,N-2,2025-03-02 10:00,cup,2,4"]
  await importLines("monday.csv", [head, ...first])
  const again = await importLines("tuesday.csv", [head, ...first, "n2,N-2,2025-03-02 10:00,pot,1,9"])
  expect(again).toMatchObject({ linesKnownBefore: 1, linesRecorded: { "Order Completed": 2 } })
  expect(await historyOf("userId", "n1")).toMatchObject({ orders: 1, items: { cup: { quantity: 1, purchases: 1 } } })
  expect(await historyOf("userId", "n2")).toMatchObject({
    orders: 1,
    items: { cup: { quantity: 2 }, pot: { quantity: 1 } },
  })
})

test("what an order's status says decides: cancelled, failed and unpaid ones are no purchases, refunded ones came back", async () => {
  const statuses = ["Completed", "wc-cancelled", "Payment failed", "pending", "Refunded", "processing"]
  const lines = statuses.map((status, n) => `s${n},S-${n},2025-03-01 10:00,${status},cup,1,4`)
  const report = await importLines("status.csv", [
    "customer_id,order_id,order_date,status,sku,quantity,price",
    ...lines,
  ])
  expect(report.linesRejected).toEqual({ leftOutByStatus: 2 })
  const purchases = await Promise.all(statuses.map((_, n) => historyOf("userId", `s${n}`)))
  expect(purchases.map(({ orders }) => orders)).toEqual([1, 0, 0, 0, 0, 1])
  expect(purchases[4]?.items.cup).toMatchObject({ purchases: 0, returns: 1 })
})

test("an order that a later file calls cancelled is taken back", async () => {
  const file = (status: string) => [
    "customer_id,order_id,order_date,status,sku,quantity,price",
    `c1,C-1,2025-03-01 10:00,${status},cup,1,4`,
  ]
  await importLines("before.csv", file("processing"))
  expect((await historyOf("userId", "c1")).orders).toBe(1)
  await importLines("after.csv", file("cancelled"))
  expect((await historyOf("userId", "c1")).orders).toBe(0)
})

test("the later lines of an order that leave customer and date blank belong to the order above", async () => {
  const report = await importLines("blank.csv", [
    "Order Number,Email,Order Date,SKU,Quantity,Price",
    "B-1,eve@example.org,2025-03-01 10:00,cup,1,4",
    ",,,pot,2,9",
    "B-2,joe@example.org,2025-03-01 11:00,cup,3,4",
    "B-2,,,pot,1,9",
  ])
  expect(report).toMatchObject({ events: 2, linesRecorded: { "Order Completed": 4 } })
  expect((await historyOf("email", "eve@example.org")).items).toMatchObject({
    cup: { quantity: 1 },
    pot: { quantity: 2 },
  })
  expect((await historyOf("email", "joe@example.org")).items).toMatchObject({
    cup: { quantity: 3 },
    pot: { quantity: 1 },
  })
})

test("Shopify's own names are understood, with what was refunded or cancelled", async () => {
  const report = await importLines("shopify.csv", [
    "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at",
    "#7,eve@shop.example,paid,2025-03-04 08:15:00 +0100,3,Red cup,4.00,red-cup,",
    "#7,eve@shop.example,,,1,Blue pot,9.00,,",
    "#8,joe@shop.example,refunded,2025-03-04 09:15:00 +0100,1,Red cup,4.00,red-cup,",
    "#9,ann@shop.example,paid,2025-03-04 09:15:00 +0100,1,Red cup,4.00,red-cup,2025-03-05 09:15:00 +0100",
  ])
  expect(report.linesRecorded).toEqual({ "Order Completed": 2, "Order Refunded": 1, "Order Cancelled": 1 })
  const { orders, items } = await historyOf("email", "eve@shop.example")
  expect(orders).toBe(1)
  expect(Object.keys(items).sort()).toEqual(["Blue pot", "red-cup"])
  expect((await store.items.get("red-cup"))?.title).toBe("Red cup")
  expect((await historyOf("email", "ann@shop.example")).orders).toBe(0)
})

test("guests of Magento's orders are known by their e-mail address, and pieces have decimals", async () => {
  await importLines("magento.csv", [
    "increment_id,created_at,customer_id,customer_email,sku,name,qty_ordered,price,status",
    "100000007,2025-03-01 10:00:00,NULL,gil@mage.example,cup,Red cup,1.0000,4.0000,complete",
    "100000008,2025-03-01 10:00:00,55,known@mage.example,cup,Red cup,2.0000,4.5000,complete",
  ])
  expect((await historyOf("email", "gil@mage.example")).items.cup).toMatchObject({ quantity: 1 })
  expect((await historyOf("userId", "55")).items.cup).toMatchObject({ quantity: 2 })
})

test("lines that are no goods are neither recorded nor put into the catalogue, not even when kept", async () => {
  const lines = [
    "customer_id,order_id,order_date,sku,title,quantity,price",
    "p1,P-1,2025-03-01 10:00,POST,Postage,1,4",
    "p1,P-1,2025-03-01 10:00,box,Post box,1,40",
  ]
  const report = await importLines("charges.csv", lines)
  expect(report).toMatchObject({
    linesRejected: { serviceLine: 1 },
    charges: [{ id: "POST", title: "Postage", lines: 1 }],
  })
  const path = write("kept.csv", lines.join("\n"))
  const mapping = { columns: {}, keep: ["serviceLine"] as const }
  await importFile(services, { path, mapping, addItems: true, rejectedFile: `${path}.rejected` }, tester, () => {})
  expect(await store.items.get("POST")).toBeNull()
  expect(await store.items.get("box")).toMatchObject({ title: "Post box" })
})

test("times without a zone are of the shop's own", async () => {
  const path = write("local.csv", "customer_id,date,sku\nz1,2025-07-01 12:00,cup\n")
  const settings = { current: () => ({ ...defaultShopSettings, timeZone: "Europe/Paris" }), refresh: async () => {} }
  const later = { ...services, settings, clock: () => Date.UTC(2025, 8, 1) }
  await importFile(
    later,
    { path, mapping: { columns: {} }, addItems: false, rejectedFile: `${path}.r` },
    tester,
    () => {},
  )
  expect((await historyOf("userId", "z1")).lastAt).toBe(Date.UTC(2025, 6, 1, 10))
})
