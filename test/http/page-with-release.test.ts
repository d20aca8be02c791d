import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest"
import { saveRelease } from "../../src/store/releases/save-release.ts"
import { tester } from "../support/actor.ts"
import { bought, fitSmall, historyOf } from "../support/release.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())
afterEach(() => void vi.useRealTimers())

const ids = Array.from({ length: 400 }, (_, n) => `item-${n}`)

beforeAll(async () => {
  await shop.ask("POST", "/v1/items", { body: { items: ids.map((id) => ({ id, title: id, price: 5 })) } })
  await shop.refreshCatalogue()
  const { store, newId, clock } = shop.services
  const baskets = Array.from({ length: 200 }, (_, n) =>
    historyOf(bought(n % 9, ...ids.filter((_, item) => (item * 7 + n) % 61 < 3))),
  )
  const facts = { manifest: { metrics: {} }, newId, at: clock(), actor: tester }
  const id = await saveRelease(store.releases, await fitSmall(baskets), facts)
  await store.releases.promote(id, { at: clock(), forced: true, actor: tester })
  await vi.waitUntil(() => shop.services.live.current()?.id === id, 10_000)
  for (const [n, event] of ["Order Completed", "Product Viewed", "Product Added"].entries()) {
    const properties = { order_id: "o", products: [n, n + 61, n + 122].map((item) => ({ product_id: `item-${item}` })) }
    await shop.ask("POST", "/v1/track", { key: "ingest", body: { userId: "p", event, properties } })
  }
})

interface List {
  decisionId: string
  recipe: string
  items: { id: string }[]
}

async function rankedIn({ decisionId }: List): Promise<string[]> {
  const { json } = await shop.ask("GET", `/v1/decisions/${decisionId}`)
  return (json.trace as { ranked: string[] }).ranked
}

test("each list of a page is the one that its placement alone gets without what the page shows before it", async () => {
  vi.useFakeTimers({ toFake: ["Date"] })
  const lists = [
    { placement: "a", recipe: "forYou", limit: 5 },
    { placement: "b", recipe: "discover", limit: 20, filter: { price: { max: 9 } } },
    { placement: "c", recipe: "buyAgain", limit: 2 },
    { placement: "d", repeats: "allowed", limit: 40 },
    { placement: "e", recipe: "recentlyViewed" },
    { placement: "f", limit: 30 },
  ]
  const question = { customer: { userId: "p" }, explain: true }
  const page = await shop.ask("POST", "/v1/recommend/page", { body: { ...question, lists } })
  const onPage = page.json.lists as List[]
  const shownBefore: string[] = []
  for (const [n, list] of lists.entries()) {
    const body = { ...question, ...list, exclude: shownBefore }
    const alone = (await shop.ask("POST", "/v1/recommend", { body })).json as unknown as List
    expect(alone.items.length).toBeGreaterThan(0)
    expect([onPage[n]!.recipe, onPage[n]!.items]).toEqual([alone.recipe, alone.items])
    expect(await rankedIn(onPage[n]!)).toEqual(await rankedIn(alone))
    shownBefore.push(...alone.items.map(({ id }) => id))
  }
})
