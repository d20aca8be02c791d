import { afterEach, beforeEach, expect, test } from "vitest"
import { trainRelease } from "../../models/train/train.ts"
import { promoteRelease } from "../../src/actions/releases/promote-release.ts"
import { tester } from "../support/actor.ts"
import { day } from "../support/release.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const now = Date.now()

interface Order {
  customer: string
  daysAgo: number
  products: readonly string[]
}

const everyone = (customers: number, products: readonly string[], daysAgo: (n: number) => number): Order[] =>
  Array.from({ length: customers }, (_, n) => ({ customer: `k-${n}`, daysAgo: daysAgo(n), products }))

const manyDays = (n: number) => 1 + ((7 * n) % 90)
const bundle = Array.from({ length: 13 }, (_, n) => `sku-${n}`)

const shops: Record<string, readonly Order[]> = {
  "one item that everybody bought": everyone(60, ["sku-0"], manyDays),
  "two items that everybody bought": everyone(60, ["sku-0", "sku-1"], manyDays),
  "one customer": bundle.map((sku, n) => ({ customer: "k-0", daysAgo: 5 * n + 1, products: [sku] })),
  "two customers": bundle.map((sku, n) => ({ customer: `k-${n % 2}`, daysAgo: 5 * n + 1, products: [sku] })),
  "one basket": [{ customer: "k-0", daysAgo: 1, products: bundle }],
  "one event": [{ customer: "k-0", daysAgo: 1, products: ["sku-0"] }],
  "everything at one instant": everyone(30, ["sku-0", "sku-1"], () => 3),
  "one order each, all of one day": everyone(30, ["sku-2"], () => 2),
  "a bag in every basket": everyone(40, ["bag"], manyDays).map((order, n) => ({
    ...order,
    products: ["bag", `sku-${n % 13}`],
  })),
  "the same order told three times": everyone(20, ["sku-0"], manyDays).flatMap((order) => [order, order, order]),
}

let app: TestApp
beforeEach(async () => {
  app = await openTestApp()
})
afterEach(() => app.close())

/** Trains on these orders and waits until the release answers. */
async function serve(orders: readonly Order[]): Promise<void> {
  const items = [...new Set(orders.flatMap(({ products }) => products))].map((id) => ({ id, title: id }))
  expect((await app.ask("POST", "/v1/items", { body: { items } })).status).toBe(200)
  await app.refreshCatalogue()
  const batch = orders.map(({ customer, daysAgo, products }) => ({
    type: "track",
    userId: customer,
    event: "Order Completed",
    timestamp: new Date(now - daysAgo * day).toISOString(),
    properties: { products: products.map((product_id) => ({ product_id, quantity: 1 })) },
  }))
  expect((await app.ask("POST", "/v1/batch", { key: "ingest", body: { batch } })).json.success).toBe(true)
  const { releaseId } = await trainRelease(app.services, { threads: 1, searchTrials: 2 })
  await promoteRelease(app.services, releaseId, { force: true, actor: tester })
  await expect.poll(() => app.services.live.current()?.id).toBe(releaseId)
}

test.each(Object.keys(shops))("a shop with %s gets a release that serves what is popular", async (name) => {
  await serve(shops[name]!)
  for (const customer of ["k-0", "somebody-new"]) {
    const { status, json } = await app.ask("POST", "/v1/recommend", {
      key: "read",
      body: { customer: { userId: customer }, placement: "home", limit: 3 },
    })
    expect(status).toBe(200)
    const slots = json.items as { score: number }[]
    expect(slots.length).toBeGreaterThan(0)
    expect(slots.every(({ score }) => Number.isFinite(score))).toBe(true)
  }
})
