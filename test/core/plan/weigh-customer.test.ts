import { describe, expect, test } from "vitest"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { createCandidateColumns } from "../../../src/core/plan/candidate-columns.ts"
import { planConstraints } from "../../../src/core/plan/plan-constraints.ts"
import { createPlanTally } from "../../../src/core/plan/plan-tally.ts"
import { firstClosedGate, weighCustomer } from "../../../src/core/plan/weigh-customer.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { costs, optIn, request } from "../../support/plans.ts"
import { catalogueOf, noon } from "../../support/release.ts"

const { items } = catalogueOf([
  { id: "a", title: "A", price: 20, margin: 8, currency: "EUR", category: ["skin"] },
  { id: "b", title: "B", price: 50, currency: "EUR", category: ["skin"] },
])
const customer = {
  history: emptyHistory,
  consents: { "unasked-parcel": optIn() },
  reservations: [],
  inFlight: 0,
  timeZone: "UTC",
}
const forecast = (itemId: string, keep: number, buysAnyway: number, takeUpLogOdds = 0) => ({
  itemId,
  keep,
  buysAnyway,
  takeUpLogOdds,
})
const weighing = (given: Record<string, unknown> = {}) => {
  const asked = request({ costs, ...given })
  return {
    terms: planConstraints(asked, defaultPolicy, noon),
    costs: asked.costs,
    items,
    stockLeft: () => undefined,
    renewal: null,
  }
}

describe("weighing a customer", () => {
  test("a parcel is worth its margin if kept, less its way, what does not come back, and what would be bought anyway", () => {
    const [one] = weighCustomer(customer, [forecast("a", 0.8, 0.2)], weighing()).items
    const loss = 0.9 * 5 + 0.1 * (20 - 8) + 1
    expect(one!.value).toBeCloseTo(0.8 * (8 + 2) - 0.2 * loss - 4 - 0.2 * (8 - 3))
    expect(one).toMatchObject({ money: 4 + (20 - 8), gift: false })
  })

  test("an unknown margin is the stated share of the price", () => {
    const [one] = weighCustomer(customer, [forecast("b", 1, 0)], weighing()).items
    expect(one!.value).toBeCloseTo(0.3 * 50 + 2 - 4)
  })

  test("a gift earns no margin and is spent whatever becomes of it", () => {
    const consents = { marketing: optIn() }
    const gifts = weighing({ gifts: "allowed" })
    const [one] = weighCustomer({ ...customer, consents }, [forecast("a", 0.8, 0.2)], gifts).items
    expect(one!.gift).toBe(true)
    expect(one!.value).toBeCloseTo(0.8 * 2 - 0.2 * 1 - (20 - 8) - 4 - 0.2 * (8 - 3))
  })

  test("a suggestion risks the contact and no goods, and moves few", () => {
    const consents = { marketing: optIn() }
    const suggest = weighing({ autonomyLevel: "suggest" })
    const [one] = weighCustomer({ ...customer, consents }, [forecast("a", 0.8, 0.2)], suggest).items
    expect(one!.value).toBeCloseTo(0.1 * (0.8 * (8 + 2) - 0.2 * (8 - 3)) - 0.05)
    expect(one).toMatchObject({ money: 0.05, keep: 0.8 })
  })

  test("a suggestion moves whom it fits more likely than others", () => {
    const consents = { marketing: optIn() }
    const suggest = weighing({ autonomyLevel: "suggest" })
    // A stated rate of 0.1 has odds of 1 to 9; twice those odds are 2 to 9.
    const fitting = forecast("a", 0.8, 0.2, Math.log(2))
    const [one] = weighCustomer({ ...customer, consents }, [fitting], suggest).items
    expect(one!.value).toBeCloseTo((2 / 11) * (0.8 * (8 + 2) - 0.2 * (8 - 3)) - 0.05)
    const [parcel] = weighCustomer(customer, [fitting], weighing()).items
    expect(parcel).toEqual(weighCustomer(customer, [forecast("a", 0.8, 0.2)], weighing()).items[0])
  })

  test("a customer with enough under way is left alone", () => {
    expect(firstClosedGate({ ...customer, inFlight: 1 }, weighing().terms)).toBe("inFlight")
    expect(firstClosedGate(customer, weighing().terms)).toBeNull()
  })

  test("items that a gate closes to are counted by it", () => {
    const forecasts = ["a", "b", "unknown"].map((itemId) => forecast(itemId, 0.9, 0))
    const ceiling = optIn({ priceCeiling: { amount: 20, currency: "EUR" } })
    const { items: weighed, itemsRefusedBy } = weighCustomer(
      { ...customer, consents: { "unasked-parcel": ceiling } },
      forecasts,
      weighing(),
    )
    expect(weighed.map(({ itemId }) => itemId)).toEqual(["a"])
    expect(itemsRefusedBy).toEqual(
      new Map([
        ["priceCeiling", 1],
        ["available", 1],
      ]),
    )
  })
})

describe("candidates in columns", () => {
  test("come back as they went in, whatever their number", () => {
    const columns = createCandidateColumns()
    const made = Array.from({ length: 3000 }, (_, n) => ({
      itemId: `item-${n % 7}`,
      keep: 1 / (n + 2),
      buysAnyway: 0.25,
      value: n,
      money: 2 * n,
      gift: n % 3 === 0,
    }))
    for (let from = 0; from < made.length; from += 2) columns.add(`c${from / 2}`, "all", made.slice(from, from + 2))
    expect(columns.rows()).toBe(3000)
    expect(columns.itemIds).toHaveLength(7)
    for (const row of [0, 1, 1023, 1024, 2999]) {
      expect(columns.rowAt(row)).toEqual(made[row])
      expect(columns.customerOf(row)).toEqual({ customerId: `c${Math.floor(row / 2)}`, segment: "all" })
    }
    const { offsets, value } = columns.candidates()
    expect([offsets.length, offsets.at(-1), value.length]).toEqual([1501, 3000, 3000])
  })
})

describe("the curve of kept share against volume", () => {
  test("falls, ends with everybody, and starts with the surest", () => {
    const tally = createPlanTally()
    for (let n = 0; n < 1000; n++)
      tally.addBest({ itemId: "a", keep: n / 1000, buysAnyway: 0, value: 1, money: 1, gift: false })
    const curve = tally.curve()
    expect(curve.length).toBeLessThanOrEqual(41)
    expect(curve.at(-1)).toMatchObject({ sends: 1000, expectedValue: 1000 })
    expect(curve.at(-1)!.keptShare).toBeCloseTo(0.4995)
    expect(curve[0]!.keptShare).toBeGreaterThan(0.97)
    for (const [n, { keptShare }] of curve.entries()) if (n > 0) expect(keptShare).toBeLessThan(curve[n - 1]!.keptShare)
  })
})
