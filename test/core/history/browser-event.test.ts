import { describe, expect, test } from "vitest"
import { browserEvent } from "../../../src/core/history/browser-event.ts"
import { spellings } from "../../../src/core/history/event-spellings.ts"
import { eventTable, meaningOf } from "../../../src/core/history/event-table.ts"
import { anEvent } from "../../support/events.ts"

const trustOf = (name: string, orders: "claimed" | "trusted" = "claimed") =>
  browserEvent(anEvent({ name }), orders).trust

describe("a browser", () => {
  test("is believed for browsing and for names that mean nothing", () => {
    for (const name of [
      "Product Viewed",
      "product_viewed",
      "Product Clicked",
      "Product Added",
      "Page Viewed",
      "Quiz Done",
    ])
      expect(trustOf(name), name).toBeUndefined()
  })

  test("is believed for nothing that concerns an order, a case or what came back, however it is spelt", () => {
    for (const [name, meaning] of Object.entries(eventTable)) {
      const concerns = "order" in meaning || "opens" in meaning || "closes" in meaning
      const spelt = [name, ...((spellings as Record<string, readonly string[]>)[name] ?? [])]
      if (concerns) for (const one of spelt) expect(trustOf(one), one).toBe("claimed")
    }
  })

  test("is believed for orders where the shop says so, but for no refund or delivery", () => {
    const believed = Object.keys(eventTable).filter((name) => meaningOf(name).order && !trustOf(name, "trusted"))
    expect(believed).toEqual(["Order Completed", "Order Updated"])
    expect(trustOf("completed_order", "trusted")).toBeUndefined()
  })

  test("names people by userId and anonymousId alone, the userId first", () => {
    const identifiers = [
      { type: "anonymousId" as const, value: "a" },
      { type: "email" as const, value: "ann@example.com" },
      { type: "userId" as const, value: "u" },
    ]
    expect(browserEvent(anEvent({ identifiers }), "claimed").identifiers).toEqual([identifiers[2], identifiers[0]])
  })
})
