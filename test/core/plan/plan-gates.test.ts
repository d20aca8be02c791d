import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Item } from "../../../src/core/catalogue/item.ts"
import type { Consents } from "../../../src/core/customer/consent.ts"
import type { Event } from "../../../src/core/history/event.ts"
import { emptyHistory, type History } from "../../../src/core/history/history.ts"
import { planConstraints, withoutQuietHours } from "../../../src/core/plan/plan-constraints.ts"
import {
  createContactGate,
  customerRefusal,
  isGift,
  itemRefusal,
  type PlanConstraints,
  shipsGoods,
} from "../../../src/core/plan/plan-gates.ts"
import { type AutonomyLevel, autonomyLevels } from "../../../src/core/policy/autonomy-levels.ts"
import { defaultPolicy, type Policy } from "../../../src/core/policy/policy.ts"
import { channels, consentPurposes } from "../../../src/core/schema/channel.ts"
import { optIn, request } from "../../support/plans.ts"
import { eventOf, historyOf, noon } from "../../support/release.ts"

const hour = 3_600_000
const termsOf = (given: Record<string, unknown> = {}, nowMs = noon): PlanConstraints =>
  planConstraints(request(given), defaultPolicy, nowMs)
const open: Consents = { "unasked-parcel": optIn(), marketing: optIn(), service: optIn() }
const item: Item = { id: "sku-1", title: "Cream", price: 20, currency: "EUR", category: ["skin"] }
const gateOf = (consents: Consents, terms: PlanConstraints, history: History = emptyHistory) =>
  customerRefusal({ consents, history }, terms)?.gate ?? null

const anyConsent = fc.option(
  fc.record({
    granted: fc.boolean(),
    at: fc.constant("2026-01-01T00:00:00.000Z"),
    source: fc.constant("test"),
    channels: fc.option(fc.uniqueArray(fc.constantFrom(...channels)), { nil: undefined }),
  }),
  { nil: undefined },
)
const anyConsents = fc
  .tuple(...consentPurposes.map(() => anyConsent))
  .map((given) =>
    Object.fromEntries(consentPurposes.map((purpose, n) => [purpose, given[n]]).filter(([, consent]) => consent)),
  ) as fc.Arbitrary<Consents>

describe("consent", () => {
  test("no autonomy level is open to a customer of whom nothing is known, but on the shop's own pages", () => {
    for (const autonomyLevel of autonomyLevels)
      for (const gifts of ["none", "allowed"] as const)
        expect(gateOf({}, termsOf({ autonomyLevel, gifts })), autonomyLevel).toBe("consent")
    expect(gateOf({}, termsOf({ autonomyLevel: "suggest", channel: "web" }))).toBeNull()
  })

  test("goods go only to those who opted in by post, or as a gift to those who like our post and never said no", () => {
    const goods = fc.constantFrom<AutonomyLevel>("announce", "parcel")
    const gifts = fc.constantFrom("none" as const, "allowed" as const)
    fc.assert(
      fc.property(anyConsents, goods, gifts, (consents, autonomyLevel, allowed) => {
        const terms = termsOf({ autonomyLevel, gifts: allowed })
        if (gateOf(consents, terms) !== null) return
        const opted = consents["unasked-parcel"]
        const gift = isGift(terms, consents)
        const basis = gift ? consents.marketing! : opted!
        expect(basis.granted).toBe(true)
        expect(basis.channels?.includes("post") ?? true).toBe(true)
        expect(gift).toBe(opted === undefined)
      }),
    )
  })

  test("an announcement needs a way to be told", () => {
    const { service: _, ...mute } = open
    expect(gateOf(mute, termsOf({ autonomyLevel: "announce" }))).toBe("consent")
    expect(gateOf(open, termsOf({ autonomyLevel: "announce" }))).toBeNull()
  })

  test("has a price ceiling and categories, which only goods heed", () => {
    const limited = optIn({ priceCeiling: { amount: 19.99, currency: "EUR" }, categories: ["hair"] })
    const consents = { "unasked-parcel": limited }
    const refusal = (autonomyLevel: AutonomyLevel, given: Partial<typeof limited>) =>
      itemRefusal(
        { consents: { "unasked-parcel": { ...limited, ...given } }, history: emptyHistory },
        item,
        undefined,
        termsOf({ autonomyLevel }),
      )
    expect(itemRefusal({ consents, history: emptyHistory }, item, undefined, termsOf())?.gate).toBe("priceCeiling")
    expect(refusal("parcel", { priceCeiling: { amount: 20, currency: "EUR" } } as object)?.gate).toBe("categories")
    expect(refusal("parcel", { priceCeiling: { amount: 20, currency: "USD" } } as object)?.gate).toBe("priceCeiling")
    expect(refusal("suggest", {})).toBeNull()
  })
})

describe("the other gates", () => {
  test("an open complaint or late delivery closes every autonomy level until it is closed", () => {
    const late = eventOf("Delivery Delayed", -1)
    const arrived = eventOf("Order Delivered", -0.5)
    for (const autonomyLevel of autonomyLevels) {
      expect(gateOf(open, termsOf({ autonomyLevel }), historyOf(late)), autonomyLevel).toBe("openCase")
      expect(gateOf(open, termsOf({ autonomyLevel }), historyOf(late, arrived)), autonomyLevel).toBeNull()
    }
  })

  test("no goods leave where returning costs the customer", () => {
    for (const autonomyLevel of autonomyLevels)
      expect(gateOf(open, termsOf({ autonomyLevel, freeReturn: false }))).toBe(
        shipsGoods(autonomyLevel) ? "freeReturn" : null,
      )
  })

  test("what came back is not sent again", () => {
    const history = historyOf(eventOf("Send Dispatched", -9, "sku-1"), eventOf("Send Returned", -5, "sku-1"))
    const refusal = (autonomyLevel: AutonomyLevel) =>
      itemRefusal({ consents: open, history }, item, undefined, termsOf({ autonomyLevel }))?.gate
    expect(refusal("parcel")).toBe("returnedBefore")
    expect(refusal("suggest")).toBe("returned")
  })

  test("what was sent back, is on its way or was bought just now is named at no level, unless the policy allows it", () => {
    const ofOrder = (event: Event): Event => ({ ...event, properties: { orderId: "1" } })
    const bought = ofOrder(eventOf("Order Completed", -3, "sku-1"))
    const back = ofOrder(eventOf("Product Returned", -1, "sku-1"))
    const arrived = ofOrder(eventOf("Order Delivered", -2))
    const refusal = (autonomyLevel: AutonomyLevel, events: Event[], possession: Partial<Policy["possession"]> = {}) =>
      itemRefusal({ consents: open, history: historyOf(...events) }, item, undefined, {
        ...termsOf({ autonomyLevel }),
        possession: { ...defaultPolicy.possession, ...possession },
      })?.gate
    for (const autonomyLevel of autonomyLevels) {
      expect(refusal(autonomyLevel, [bought, back])).toBe("returned")
      expect(refusal(autonomyLevel, [bought])).toBe("onItsWay")
      expect(refusal(autonomyLevel, [bought, arrived])).toBe("boughtRecently")
      expect(refusal(autonomyLevel, [bought, back], { returned: "allow" })).toBeUndefined()
      expect(refusal(autonomyLevel, [bought], { onItsWay: "allow", minNeededAgain: 0 })).toBeUndefined()
    }
  })

  test("an item must be on sale, priced in the plan's currency, and for goods in stock beyond what is held", () => {
    const refusal = (given: Partial<Item>, left?: number) =>
      itemRefusal({ consents: open, history: emptyHistory }, { ...item, ...given }, left, termsOf())?.gate
    expect(itemRefusal({ consents: open, history: emptyHistory }, undefined, undefined, termsOf())?.gate).toBe(
      "available",
    )
    expect(refusal({ stock: 0 })).toBe("available")
    expect(refusal({ stock: 3 }, 0)).toBe("stock")
    expect(refusal({ stock: 3 }, 1)).toBeUndefined()
    expect(refusal({ currency: "USD" })).toBe("currency")
    const { price: _, ...unpriced } = item
    expect(itemRefusal({ consents: open, history: emptyHistory }, unpriced, undefined, termsOf())?.gate).toBe("price")
  })

  test("quiet hours hold back the contact and not the planning of it", () => {
    const night = termsOf({ autonomyLevel: "suggest", channel: "push" }, noon + 10 * hour)
    const customer = { reservations: [], timeZone: "UTC" }
    expect(createContactGate(customer, night)("sku-1")?.gate).toBe("contact")
    expect(createContactGate(customer, withoutQuietHours(night))("sku-1")).toBeNull()
  })
})
