import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { below, createRandom } from "../../models/random.ts"
import { saveRelease } from "../../src/store/releases/save-release.ts"
import { tester } from "../support/actor.ts"
import { bought, fitSmall, historyOf } from "../support/release.ts"
import { type Answer, openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const count = 1000
const inCategory = 729
const known = 850
const soldOut = new Set(["item-17", "item-400", "item-900"])
const ids = Array.from({ length: count }, (_, n) => `item-${n}`)
const categoryOf = (n: number) => (n < inCategory ? "gifts" : "garden")
const random = createRandom(7)
const anyItem = () => ids[below(random, count)]!

/** Saves a release that knows most of the items, and makes it live. */
async function makeRelease(): Promise<void> {
  const { store, newId, clock } = shop.services
  const baskets = Array.from({ length: 300 }, (_, n) =>
    historyOf(bought(n % 9, ...ids.slice(0, known).filter((_, item) => (item * 7 + n) % 61 < 3))),
  )
  const manifest = { metrics: {} }
  const id = await saveRelease(store.releases, await fitSmall(baskets), { manifest, newId, at: clock(), actor: tester })
  await store.releases.promote(id, { at: clock(), forced: true, actor: tester })
  await vi.waitUntil(() => shop.services.live.current()?.id === id, 10_000)
}

beforeAll(async () => {
  const items = ids.map((id, n) => ({
    id,
    title: `Item ${n}`,
    price: 5,
    currency: "EUR",
    category: [categoryOf(n)],
    stock: soldOut.has(id) ? 0 : 9,
  }))
  await shop.ask("POST", "/v1/items", { body: { items } })
  await shop.refreshCatalogue()
  await makeRelease()
})

let sent = 0
const track = (userId: string, event: string, itemId: string) =>
  shop.ask("POST", "/v1/track", {
    body: {
      userId,
      event,
      messageId: `m-${++sent}`,
      properties: { order_id: `o-${sent}`, products: [{ product_id: itemId, quantity: 1, price: 5 }] },
    },
  })

const meanwhile = [
  (userId: string) => track(userId, "Product Viewed", anyItem()),
  (userId: string) => track(userId, "Product Added", anyItem()),
  (userId: string) => track(userId, "Order Completed", anyItem()),
  (userId: string) => track(userId, "Order Refunded", anyItem()),
  () => track("somebody", "Order Completed", anyItem()),
  async () => {
    await shop.ask("PATCH", "/v1/items", { body: { items: [{ id: anyItem(), patch: { price: below(random, 90) } }] } })
    await shop.refreshCatalogue()
  },
]

const idsOf = ({ json }: Answer) => (json.items as { id: string }[]).map(({ id }) => id)

/** Pages to the end, with what happens in between; returns the pages. */
async function pagesOf(
  path: "/v1/recommend" | "/v1/rank",
  userId: string,
  first: object,
  limit: number,
  between: (page: number) => Promise<unknown>,
): Promise<string[][]> {
  const pages: string[][] = []
  let question: object = first
  for (;;) {
    const answer = await shop.ask("POST", path, { body: { customer: { userId }, limit, ...question } })
    expect(answer.status).toBe(200)
    const before = pages.flat().length
    const ranks = (answer.json.items as { rank: number }[]).map(({ rank }) => rank)
    expect(ranks).toEqual(ranks.map((_, n) => before + n + 1))
    pages.push(idsOf(answer))
    if (answer.json.hasMore === false) return pages
    question = { after: answer.json.decisionId }
    await between(pages.length)
  }
}

function expectComplete(pages: readonly string[][], limit: number, expected: readonly string[]): void {
  for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit)
  expect(pages.flat().sort()).toEqual([...expected].sort())
}

const available = (category?: string) =>
  ids.filter((id, n) => !soldOut.has(id) && (category === undefined || categoryOf(n) === category))

describe.each([12, 20, 48])("pages of %i", (limit) => {
  test.each(["gifts", undefined])(
    "show each available item of %s once, whatever happens in between",
    async (category) => {
      const userId = `reader-${limit}-${category}`
      await track(userId, "Order Completed", "item-3")
      const first = category === undefined ? {} : { filter: { category: [category] } }
      const pages = await pagesOf("/v1/recommend", userId, first, limit, async (page) => {
        if (below(random, 2) === 1) await meanwhile[below(random, meanwhile.length)]!(userId)
        if (limit === 48 && page === 3) await makeRelease()
      })
      expectComplete(
        pages,
        limit,
        available(category).filter((id) => id !== "item-3"),
      )
    },
  )
})

test("where all was bought, repeats are paged to the end too", async () => {
  const userId = "collector"
  const products = ids.slice(800).map((product_id) => ({ product_id, quantity: 1, price: 5 }))
  await shop.ask("POST", "/v1/track", {
    body: { userId, event: "Order Completed", messageId: "all", properties: { order_id: "all", products } },
  })
  const filter = { category: ["garden"] }
  const exclude = ids.slice(0, 800)
  const pages = await pagesOf("/v1/recommend", userId, { filter, exclude }, 40, async () => {})
  expectComplete(
    pages,
    40,
    available("garden").filter((id) => !exclude.includes(id)),
  )
})

test("what a page excludes is left out to the end, and what was sold out for a while is not lost", async () => {
  const userId = "patient"
  const stock = async (id: string, units: number) => {
    await shop.ask("PATCH", "/v1/items", { body: { items: [{ id, patch: { stock: units } }] } })
    await shop.refreshCatalogue()
  }
  const first = await shop.ask("POST", "/v1/recommend", {
    body: { customer: { userId }, limit: 100, filter: { category: ["gifts"] }, exclude: ["item-1"] },
  })
  const all = idsOf(first)
  const { trace } = (await shop.ask("GET", `/v1/decisions/${first.json.decisionId}`)).json as {
    trace: { ranked: string[] }
  }
  const awayAWhile = trace.ranked[120]!
  await stock(awayAWhile, 0)
  let after = first.json.decisionId
  for (let page = 1, hasMore = true; hasMore; page++) {
    const exclude = page === 1 ? ["item-700", "item-701"] : []
    const answer = await shop.ask("POST", "/v1/recommend", {
      body: { customer: { userId }, limit: 100, exclude, after },
    })
    if (page === 2) await stock(awayAWhile, 5)
    all.push(...idsOf(answer))
    after = answer.json.decisionId
    hasMore = answer.json.hasMore === true
  }
  const without = ["item-1", "item-700", "item-701"].filter((id) => !all.slice(0, 100).includes(id))
  expect(all.toSorted()).toEqual(
    available("gifts")
      .filter((id) => !without.includes(id))
      .sort(),
  )
})

test("a list of 2,000 is ranked and paged to its end", async () => {
  const many = [...ids, ...Array.from({ length: 1000 }, (_, n) => `unknown-${n}`)]
  const first = { items: many, repeats: "allowed" }
  const pages = await pagesOf("/v1/rank", "ranker", first, 48, async () =>
    track("ranker", "Order Completed", anyItem()),
  )
  expectComplete(pages, 48, available())
  const customer = { userId: "ranker" }
  const whole = await shop.ask("POST", "/v1/rank", { body: { customer, ...first } })
  expect([idsOf(whole).length, whole.json.hasMore]).toEqual([available().length, false])
  const tooMany = await shop.ask("POST", "/v1/rank", { body: { customer, items: [...many, "one-more"] } })
  const neither = await shop.ask("POST", "/v1/rank", { body: { customer } })
  expect([tooMany.status, neither.status]).toEqual([400, 400])
})
