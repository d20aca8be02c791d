import { expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import type { History } from "../../../src/core/history/history.ts"
import { recommend } from "../../../src/core/preference/recommend.ts"
import {
  bought,
  catalogueOf,
  day,
  eventOf,
  fitSmallRelease,
  historyOf,
  itemsNamed,
  noon,
  viewed,
} from "../../support/release.ts"

const ids = Array.from({ length: 12 }, (_, n) => `item-${String(n).padStart(2, "0")}`)
const random = createRandom(7)
const some = () => ids.filter(() => random() < 0.3)
const histories = Array.from({ length: 40 }, () => historyOf(bought(0, ...some()), viewed(1, ...some())))
const release = await fitSmallRelease(histories)
const catalogue = catalogueOf(itemsNamed(...ids, "never-seen"))

const explain = (history: History, repeats: "allowed" | "excluded") =>
  recommend({ history, vector: null, limit: 20, repeats, nowMs: noon + 3 * day, explain: true }, release, catalogue)

test("shares are of everything that speaks for the answer: at least a tenth, largest first, at most one together", () => {
  for (const history of histories) {
    for (const { reasons } of explain(history, "allowed")) {
      const shares = reasons.flatMap(({ share }) => share ?? [])
      expect(shares).toEqual([...shares].sort((a, b) => b - a))
      expect(shares.every((share) => share >= 0.1)).toBe(true)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-6)
    }
  }
})

test("because you bought names what was bought and kept, because you viewed what was not", () => {
  for (const history of histories) {
    for (const { itemId, reasons } of explain(history, "allowed")) {
      for (const { code, itemId: past } of reasons) {
        if (code === "becauseYouBought") expect(history.items[past!]!.purchases).toBeGreaterThan(0)
        if (code === "becauseYouViewed") expect(history.items[past!]!.purchases).toBe(0)
        if (code === "buyAgain") expect([past, history.items[past!]!.purchases > 0]).toEqual([itemId, true])
        if (code === "becauseYouBought") expect(past).not.toBe(itemId)
      }
    }
  }
})

test("the past item that alone points at the answer is its reason", async () => {
  const pairs = [
    ...Array.from({ length: 20 }, () => historyOf(bought(0, "brush", "paint"))),
    ...Array.from({ length: 20 }, () => historyOf(bought(0, "flour", "yeast"))),
  ]
  const paired = await fitSmallRelease(pairs)
  const shop = catalogueOf(itemsNamed("brush", "paint", "flour", "yeast"))
  const history = historyOf(bought(0, "brush"), viewed(0, "flour"))
  const question = { history, vector: null, limit: 4, repeats: "excluded", nowMs: noon + day, explain: true } as const
  const [first, ...others] = recommend(question, paired, shop)
  expect([first!.itemId, first!.reasons[0]]).toMatchObject(["paint", { code: "becauseYouBought", itemId: "brush" }])
  const yeast = others.find(({ itemId }) => itemId === "yeast")
  expect(yeast!.reasons[0]).toMatchObject({ code: "becauseYouViewed", itemId: "flour" })
})

test("a customer without history is told that an answer is popular, and of an item without events that it is new", () => {
  const slots = explain(historyOf(), "allowed")
  expect(slots[0]!.reasons).toEqual([{ code: "popular", share: 1 }])
  expect(slots.at(-1)).toEqual({ itemId: "never-seen", score: 0, reasons: [{ code: "new" }] })
})

test("reasons are found for as many of the first answers as asked, and for no others", () => {
  const question = { history: histories[0]!, vector: null, limit: 8, repeats: "allowed", nowMs: noon + day } as const
  const slots = recommend({ ...question, explain: 3 }, release, catalogue)
  const all = recommend({ ...question, explain: true }, release, catalogue)
  expect(slots.slice(0, 3)).toEqual(all.slice(0, 3))
  expect(slots.slice(3).every(({ reasons }) => reasons.length === 0)).toBe(true)
})

test("what was given back, or only bought elsewhere, is no reason", async () => {
  const pairs = Array.from({ length: 20 }, () => historyOf(bought(0, "brush", "paint")))
  const paired = await fitSmallRelease([...pairs, ...Array.from({ length: 20 }, () => historyOf(bought(0, "flour")))])
  const shop = catalogueOf(itemsNamed("brush", "paint", "flour"))
  const question = { vector: null, limit: 4, repeats: "allowed", nowMs: noon + 2 * day, explain: true } as const
  const kept = historyOf(bought(0, "brush"))
  const returned: History = { ...kept, items: { brush: { ...kept.items.brush!, returns: kept.items.brush!.quantity } } }
  const causesOf = (history: History) =>
    recommend({ ...question, history }, paired, shop).flatMap(({ reasons }) => reasons.map(({ itemId }) => itemId))
  expect(causesOf(kept)).toContain("brush")
  expect(causesOf(returned)).not.toContain("brush")
})

test("a reason names an event that happened: what was added to a cart was not looked at", async () => {
  const pairs = Array.from({ length: 20 }, () => historyOf(bought(0, "brush", "paint")))
  const paired = await fitSmallRelease([...pairs, ...Array.from({ length: 20 }, () => historyOf(bought(0, "flour")))])
  const shop = catalogueOf(itemsNamed("brush", "paint", "flour"))
  const question = { vector: null, limit: 4, repeats: "allowed", nowMs: noon + 2 * day, explain: true } as const
  const codesOf = (history: History) =>
    recommend({ ...question, history }, paired, shop).flatMap(({ reasons }) =>
      reasons.flatMap(({ code, itemId }) => (itemId === "brush" ? [code] : [])),
    )
  expect(new Set(codesOf(historyOf(eventOf("Product Added", 0, "brush"))))).toEqual(new Set(["becauseYouAdded"]))
  expect(new Set(codesOf(historyOf(viewed(0, "brush"))))).toEqual(new Set(["becauseYouViewed"]))
})
