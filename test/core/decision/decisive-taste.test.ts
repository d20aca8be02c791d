import { expect, test } from "vitest"
import { isTasteDecisive } from "../../../src/core/decision/decisive-taste.ts"
import { nothingTerms, type TracedOption } from "../../../src/core/decision/trace.ts"

const option = (offerId: string, propensity: number, itemId = `${offerId}-item`): TracedOption => ({
  ...nothingTerms,
  offerId,
  itemId,
  kind: "promotion",
  propensity,
  reward: 0,
  maxProbability: 1,
  probability: 0.5,
})
const nothing = { ...option("", 0), ...nothingTerms }
const bound = { kind: "promotion", itemId: "a-item" } as const
const among = (...chances: number[]) => ({
  options: [nothing, ...chances.map((chance, n) => option(["a", "b", "c"][n]!, chance))],
})

test("an offer of equal chances was chosen for its value, one that is likelier than the mean for the taste", () => {
  expect(isTasteDecisive(among(0.05, 0.05, 0.05), "a", bound)).toBe(false)
  expect(isTasteDecisive(among(0.05), "a", bound)).toBe(false)
  expect(isTasteDecisive(among(0.04, 0.05, 0.06), "a", bound)).toBe(false)
  // The mean of .09, .03 and .03 is .05.
  expect(isTasteDecisive(among(0.09, 0.03, 0.03), "a", bound)).toBe(true)
})

test("items that were picked for the customer, and what they refill, follow their taste", () => {
  expect(isTasteDecisive(among(0.05, 0.05), "a", { kind: "retention", items: { limit: 1, bind: "together" } })).toBe(
    true,
  )
  expect(isTasteDecisive(among(0.05, 0.05), "a", { kind: "recommendation" })).toBe(true)
  expect(isTasteDecisive(among(0.05, 0.05), "a", { kind: "replenishment", itemId: "a-item" })).toBe(true)
})
