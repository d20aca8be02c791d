import { expect, test } from "vitest"
import { campaignItemShare, createItemTally } from "../../../src/core/content/item-spread.ts"

/** Gives each customer the first item that is not full, in order of preference. */
function giveAll(customers: number, maxItemShare: number, preference: readonly string[]) {
  const tally = createItemTally(maxItemShare)
  const given: string[] = []
  for (let n = 0; n < customers; n++) {
    const full = tally.next()?.full ?? new Set()
    const itemId = preference.find((one) => !full.has(one))!
    tally.give(itemId)
    given.push(itemId)
  }
  return given
}

const items = Array.from({ length: 50 }, (_, n) => `sku-${n}`)
const countOf = (given: readonly string[], itemId: string) => given.filter((one) => one === itemId).length

test("an item that everybody wants most goes to its share of the customers, late ones as often as early ones", () => {
  const given = giveAll(200, 0.1, items)
  for (const itemId of new Set(given)) expect(countOf(given, itemId)).toBeLessThanOrEqual(20)
  expect(countOf(given, "sku-0")).toBe(20)
  expect(countOf(given.slice(0, 100), "sku-0")).toBe(10)
})

test("every beginning of a campaign keeps the share, with at least one customer an item", () => {
  const given = giveAll(60, 0.25, items)
  given.forEach((itemId, n) => {
    expect(countOf(given.slice(0, n + 1), itemId)).toBeLessThanOrEqual(Math.max(1, Math.floor((n + 1) / 4)))
  })
})

test("a share of 1 limits nothing", () => {
  expect(createItemTally(1).next()).toBeUndefined()
  expect(new Set(giveAll(20, 1, items))).toEqual(new Set(["sku-0"]))
})

test("what recording refused is free again", () => {
  const tally = createItemTally(0.1)
  tally.give("sku-0")
  expect(tally.next()!.full).toEqual(new Set(["sku-0"]))
  tally.takeBack("sku-0")
  expect(tally.next()!.full).toEqual(new Set())
})

test("of few items that a placement's offers may name, each may have three times an equal share", () => {
  const offer = (id: string, more: object) => [
    id,
    { id, kind: "promotion" as const, title: id, value: 1, cost: 0, currency: "EUR", content: {}, ...more },
  ]
  const shop = (...offers: unknown[][]) => ({
    offers: new Map(offers as [string, never][]),
    items: new Map(items.map((id) => [id, { id, title: id }])),
  })
  const six = Array.from({ length: 6 }, (_, n) => offer(`p-${n}`, { itemId: `sku-${n}` }))
  expect(campaignItemShare(shop(...six), "mail", undefined)).toBe(0.5)
  expect(campaignItemShare(shop(...six), "mail", 0.7)).toBe(0.7)
  expect(campaignItemShare(shop(...six, offer("open", { kind: "recommendation" })), "mail", undefined)).toBe(0.1)
  expect(campaignItemShare(shop(offer("other", { itemId: "sku-0", placements: ["web"] })), "mail", 0.2)).toBe(1)
})
