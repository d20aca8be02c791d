import { expect, test } from "vitest"
import type { SendState } from "../../../src/core/history/send-state.ts"
import { customerValue } from "../../../src/core/plan/customer-value.ts"
import { costs, request } from "../../support/plans.ts"
import { bought, catalogueOf, day, historyOf, noon } from "../../support/release.ts"

const { items: catalogue } = catalogueOf([{ id: "a", title: "A", price: 20, margin: 8 }])
const span = { from: noon, until: noon + 30 * day }
const { items: bothBought } = historyOf(bought(-5, "a"), bought(2, "a"), bought(40, "a"))

const worthOf = (states: readonly SendState[], items = {}, autonomyLevel = "parcel") => {
  const sends = states.map((state) => ({ itemId: "a", state, inHoldout: false, expectedValue: 1 }))
  return customerValue({ items, sends }, request({ costs, autonomyLevel }), catalogue, span)
}

test("orders count within the span, net of their own shipping", () => {
  expect(worthOf([], bothBought)).toBe(8 - 3)
})

test("a parcel comes to what its end says", () => {
  expect(worthOf(["kept"])).toBe(8 + 2 - 4)
  expect(worthOf(["returned"])).toBe(-4 - 5 - 1)
  expect(worthOf(["lost"])).toBe(-4 - (20 - 8) - 1)
  expect(worthOf(["gifted"])).toBe(-4 - (20 - 8) + 2)
  expect(worthOf(["dispatched"])).toBe(-4)
})

test("what never left costs nothing", () => {
  expect(worthOf(["proposed", "approved", "reserved", "vetoed"])).toBe(0)
})

test("of a suggestion the order is the sale, and it is counted once", () => {
  expect(worthOf(["kept"], bothBought, "suggest")).toBeCloseTo(8 - 3 - 0.05)
})
