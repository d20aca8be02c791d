import { afterAll, beforeAll, expect, test } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const skuOf = (n: number) => `sku-${String(n).padStart(2, "0")}`
const skus = Array.from({ length: 30 }, (_, n) => skuOf(n))

beforeAll(async () => {
  const items = skus.map((id, n) => ({ id, title: `Item ${id}`, category: [n % 2 === 0 ? "skin" : "hair"] }))
  await shop.ask("POST", "/v1/items", { body: { items } })
  await shop.refreshCatalogue()
})

interface List {
  placement: string
  recipe: string
  decisionId: string | null
  items: { id: string; rank: number }[]
}

const askPage = (body: object) =>
  shop.ask("POST", "/v1/recommend/page", { body: { customer: { userId: "p" }, ...body } })
const idsOf = ({ items }: List) => items.map(({ id }) => id)

test("a page has its lists in the order asked, no item twice, and a decision for each", async () => {
  await shop.ask("POST", "/v1/track", {
    key: "ingest",
    body: { userId: "p", event: "Product Viewed", properties: { product_id: skuOf(9) } },
  })
  const { json } = await askPage({
    lists: [
      { placement: "top", recipe: "recentlyViewed" },
      { placement: "middle", limit: 5 },
      { placement: "bottom", recipe: "popular", filter: { category: ["skin"] }, limit: 5 },
    ],
    exclude: [skuOf(0)],
  })
  const lists = json.lists as List[]
  expect(lists.map(({ placement, recipe }) => [placement, recipe])).toEqual([
    ["top", "recentlyViewed"],
    ["middle", "discover"],
    ["bottom", "popular"],
  ])
  expect(lists.map(idsOf)).toEqual([[skuOf(9)], [1, 2, 3, 4, 5].map(skuOf), [6, 8, 10, 12, 14].map(skuOf)])
  const decisions = await Promise.all(lists.map(({ decisionId }) => shop.ask("GET", `/v1/decisions/${decisionId}`)))
  expect(decisions.map((answer) => answer.json.placement)).toEqual(["top", "middle", "bottom"])
})

test("each list goes on by itself, without what the page showed before it", async () => {
  const customer = { userId: "goes-on" }
  const lists = [
    { placement: "a", limit: 3 },
    { placement: "b", limit: 3 },
  ]
  const { json } = await askPage({ customer, lists })
  const [first, second] = json.lists as [List, List]
  const body = { customer, placement: "b", limit: 40, after: second.decisionId }
  const rest = await shop.ask("POST", "/v1/recommend", { body })
  const seen = (rest.json.items as { id: string }[]).map(({ id }) => id)
  expect([...idsOf(first), ...idsOf(second), ...seen].sort()).toEqual(skus)
})

test("a page without lists, or with a wrong one, is refused", async () => {
  expectProblem(await askPage({ lists: [] }), 400, "invalidRequest")
  expectProblem(await askPage({ lists: [{ recipe: "soup" }] }), 400, "invalidRequest")
  expectProblem(await askPage({ lists: [{ recipe: "forYou", repeats: "allowed" }] }), 400, "invalidRequest")
})
