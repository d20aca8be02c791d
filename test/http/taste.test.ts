import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { bought, fitSmallRelease, historyOf, itemsNamed, noon } from "../support/release.ts"
import { type Answer, openTestApp } from "../support/test-app.ts"

const releaseId = "0190b6a4-0000-7000-8000-00000000000a"
const items = Array.from({ length: 16 }, (_, n) => `item-${String(n).padStart(2, "0")}`)
const evens = items.filter((_, n) => n % 2 === 0)
const odds = items.filter((_, n) => n % 2 === 1)

/** A checkerboard: a customer of either colour buys everything of it but one item. */
const histories = [evens, odds].flatMap((board) =>
  board.flatMap((withheld) =>
    Array.from({ length: 4 }, () =>
      historyOf(...board.filter((id) => id !== withheld).map((id, n) => bought(n / 2, id))),
    ),
  ),
)

const shop = await openTestApp({ release: { ...(await fitSmallRelease(histories)), id: releaseId } })
afterAll(() => shop.close())

beforeAll(async () => {
  await shop.ask("POST", "/v1/items", { body: { items: itemsNamed(...items) } })
  await shop.refreshCatalogue()
})

type Reasons = { code: string; itemId?: string; share?: number; text: string }[]
const itemsOf = ({ json }: Answer) => json.items as { id: string; score: number; reasons: Reasons }[]
const idsOf = (answer: Answer) => itemsOf(answer).map(({ id }) => id)
const recommend = (userId: string, rest: object = {}) =>
  shop.ask("POST", "/v1/recommend", { key: "read", body: { customer: { userId }, limit: 4, ...rest } })
const track = (userId: string, event: string, ...skus: string[]) =>
  shop.ask("POST", "/v1/track", {
    key: "ingest",
    body: {
      userId,
      event,
      timestamp: new Date(noon).toISOString(),
      properties: {
        order_id: `${userId}-${skus.join()}`,
        products: skus.map((product_id) => ({ product_id, quantity: 1 })),
      },
    },
  })

test("an event changes the next answer", async () => {
  const before = await recommend("turner")
  expect(before.json).toMatchObject({ coldStart: true, modelVersion: releaseId })
  await track("turner", "Order Completed", ...evens.slice(0, 3))
  const even = await recommend("turner")
  expect(even.json.coldStart).toBe(false)
  expect(idsOf(even).every((id) => evens.slice(3).includes(id))).toBe(true)
  await track("other", "Order Completed", ...odds.slice(0, 3))
  expect(idsOf(await recommend("other")).every((id) => odds.slice(3).includes(id))).toBe(true)
})

test("reasons name what the customer bought, with shares of at most one", async () => {
  await track("asker", "Order Completed", evens[0]!, evens[1]!)
  const { reasons } = itemsOf(await recommend("asker", { explain: true }))[0]!
  const because = reasons.find(({ code }) => code === "becauseYouBought")!
  expect(evens.slice(0, 2)).toContain(because.itemId)
  expect(because.text).toBe(`Because you bought ${because.itemId}`)
  expect(reasons.reduce((sum, { share = 0 }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9)
})

test("the next page explains too, and its scores go on falling", async () => {
  await track("reader", "Order Completed", odds[0]!)
  const first = await recommend("reader", { explain: true })
  const second = await recommend("reader", { explain: true, after: first.json.decisionId })
  const all = [...itemsOf(first), ...itemsOf(second)]
  const scores = all.map(({ score }) => score)
  expect(scores).toEqual([...scores].sort((a, b) => b - a))
  expect(all.every(({ reasons }) => reasons.length > 0)).toBe(true)
  expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(8)
})

test("rank puts a given list in the customer's order", async () => {
  await track("ranker", "Order Completed", ...odds.slice(0, 3))
  const body = { customer: { userId: "ranker" }, items: [evens[5], odds[5], evens[6], odds[6]] }
  const ranked = idsOf(await shop.ask("POST", "/v1/rank", { body }))
  expect(ranked.slice(0, 2).sort()).toEqual([odds[5], odds[6]])
})

test("what goes with an item is of its colour", async () => {
  const answer = await shop.ask("GET", `/v1/items/${evens[0]}/similar?limit=3`)
  expect(idsOf(answer).every((id) => evens.includes(id))).toBe(true)
})

describe("the golden record", () => {
  test("shows the vector under the live release and the items nearest to it", async () => {
    await track("mirror", "Order Completed", ...evens.slice(0, 4))
    const { json } = await shop.ask("GET", "/v1/customers/userId:mirror", { key: "read" })
    const vector = json.vector as { modelVersion: string; values: number[]; nearestItems: { id: string }[] }
    expect(vector.modelVersion).toBe(releaseId)
    expect(vector.values).toHaveLength(6)
    expect(vector.nearestItems.slice(0, 5).every(({ id }) => evens.includes(id))).toBe(true)
  })
})
