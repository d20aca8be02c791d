import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

interface Result {
  status: string
  reason?: string
  note?: string
}

async function track(userId: string, event: string, properties: object, given: object = {}): Promise<Result> {
  const body = { userId, event, properties, ...given }
  const { status, json } = await shop.ask("POST", "/v1/track", { key: "ingest", body })
  expect(status).toBe(200)
  return (json.results as Result[])[0]!
}
const historyOf = async (value: string) => (await shop.services.store.customers.read({ type: "userId", value })).history
const products = [{ product_id: "A-1", price: 10, quantity: 1 }]

test("an order told by browser and server, under two message ids, is one; both events stay", async () => {
  for (const messageId of ["a", "b"])
    await track("two-tellers", "Order Completed", { order_id: "o-1", products }, { messageId })
  expect(await historyOf("two-tellers")).toMatchObject({ orders: 1, items: { "A-1": { purchases: 1, quantity: 1 } } })
  const { customerId } = await shop.services.store.customers.read({ type: "userId", value: "two-tellers" })
  expect((await shop.services.store.customers.exportAll(customerId))!.events).toHaveLength(2)
})

test("an order cancelled or refunded by its number alone ends so, also when that came first", async () => {
  for (const [user, name, ended] of [
    ["cancels", "orders/cancelled", { orders: 0, items: { "A-1": { purchases: 0, returns: 0 } } }],
    ["refunds", "refund", { orders: 1, items: { "A-1": { purchases: 1, returns: 1 } } }],
  ] as const) {
    await track(user, name, { order_id: "o-1" })
    await track(user, "Completed Order", { order_id: "o-1", products })
    await track(`${user} later`, "Completed Order", { order_id: "o-1", products })
    await track(`${user} later`, name, { order_id: "o-1" })
    expect(await historyOf(user)).toMatchObject(ended)
    expect(await historyOf(`${user} later`)).toMatchObject(ended)
  }
})

test("of two customers who prove one, an order that both told counts once", async () => {
  const told = { event: "Order Completed", properties: { order_id: "o-1", products } }
  await shop.ask("POST", "/v1/track", { key: "ingest", body: { anonymousId: "device", ...told } })
  await shop.ask("POST", "/v1/track", { key: "ingest", body: { userId: "joined", ...told } })
  await shop.ask("POST", "/v1/alias", { key: "ingest", body: { userId: "joined", previousId: "device" } })
  expect(await historyOf("joined")).toMatchObject({ orders: 1, items: { "A-1": { quantity: 1 } } })
})

test("an event is stored under its canonical name, with the name that was sent beside it", async () => {
  await track("canonical", "order_completed", { order_id: "o-1", products })
  const { customerId } = await shop.services.store.customers.read({ type: "userId", value: "canonical" })
  const tables = await shop.services.store.customers.exportAll(customerId)
  expect(tables!.events).toMatchObject([{ name: "Order Completed", givenName: "order_completed" }])
})

test("a negative quantity in an order is a refund of those lines", async () => {
  const mixed = [
    { product_id: "A", quantity: 2, price: 5 },
    { product_id: "B", quantity: -2, price: 5 },
  ]
  expect(await track("minus", "Order Completed", { order_id: "m-1", products: mixed })).toMatchObject({
    status: "accepted",
  })
  expect(await historyOf("minus")).toMatchObject({
    orders: 1,
    items: { A: { purchases: 1, quantity: 2, returns: 0 }, B: { purchases: 0, quantity: 0, returns: 2 } },
  })
  await track("only minus", "Order Completed", { products: [mixed[1]] })
  expect(await historyOf("only minus")).toMatchObject({ orders: 0, items: { B: { purchases: 0, returns: 2 } } })
  expect(await track("much", "Order Completed", { products: [{ product_id: "A", quantity: 1e9 }] })).toMatchObject({
    status: "rejected",
    reason: expect.stringContaining("must be a number below"),
  })
})

test("seconds and milliseconds since 1970 are told apart, as numbers and as text", async () => {
  const seconds = Date.UTC(2020, 11, 30) / 1000
  const written = [
    seconds,
    seconds * 1000,
    String(seconds),
    String(seconds * 1000),
    "2020-12-30T00:00:00Z",
    "2020-12-30",
  ]
  for (const [n, timestamp] of written.entries()) {
    await track(`epoch ${n}`, "Product Viewed", { product_id: "A-1" }, { timestamp })
    expect((await historyOf(`epoch ${n}`)).lastAt).toBe(seconds * 1000)
  }
  for (const timestamp of ["yesterday", 5, "1/2/2024"])
    expect(await track("epoch x", "Product Viewed", { product_id: "A-1" }, { timestamp })).toMatchObject({
      status: "rejected",
      reason: expect.stringContaining("ISO 8601"),
    })
})

test("an event may be ten minutes in the future, which is then now, and no more", async () => {
  const minute = 60_000
  const now = shop.services.clock()
  const sent = (ahead: number) => ({ timestamp: new Date(now + ahead).toISOString() })
  await track("ahead", "Product Viewed", { product_id: "A-1" }, sent(9 * minute))
  expect((await historyOf("ahead")).lastAt).toBeLessThan(now + 8 * minute)
  for (const far of [12 * minute, 73 * 365 * 1440 * minute])
    expect(await track("ahead", "Product Viewed", { product_id: "A-1" }, sent(far))).toMatchObject({
      status: "rejected",
      reason: expect.stringContaining("must not be in the future"),
    })
})

test("what was not understood is said in the answer and counted by kind alone", async () => {
  expect((await track("said", "Quiz Taken", {})).note).toContain('"Quiz Taken" is not understood')
  expect((await track("said", "purchase", { value: 3 })).note).toContain("no product id was found")
  expect(await track("said", "order_completed", { products })).not.toHaveProperty("note")
  const { text } = await shop.ask("GET", "/metrics", { key: "read" })
  expect(text).toMatch(/beforehand_event_notes_total\{about="name"\} 1\n/)
  expect(text).toMatch(/beforehand_event_notes_total\{about="product"\} 1\n/)
  expect(text).not.toContain("Quiz")
})
