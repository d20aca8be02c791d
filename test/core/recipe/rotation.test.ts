import { describe, expect, test } from "vitest"
import { emptyHistory } from "../../../src/core/history/history.ts"
import type { Slot } from "../../../src/core/preference/slot.ts"
import { countPassedOver, rotate } from "../../../src/core/recipe/rotation.ts"
import { bought, day, historyOf, noon, viewed } from "../../support/release.ts"

const shown = (days: number, ...itemIds: string[]) => ({ placement: "home", at: noon + days * day, itemIds })
const minute = 1 / (24 * 60)

describe("what is passed over", () => {
  test("is counted once a visit, and a visit ends with half an hour without a list", () => {
    const lists = [shown(0, "a", "b"), shown(20 * minute, "a"), shown(40 * minute, "a", "c"), shown(1, "a")]
    expect(countPassedOver(lists, emptyHistory)).toEqual(new Map(Object.entries({ a: 2, b: 1, c: 1 })))
  })

  test("was not touched then or later, and is not owned", () => {
    const history = historyOf(viewed(1, "a"), viewed(-1, "b"), bought(-9, "milk"))
    const lists = [shown(0, "a", "b", "milk"), shown(2, "a", "milk")]
    expect(countPassedOver(lists, history)).toEqual(new Map(Object.entries({ a: 1, b: 1 })))
  })

  test("does not depend on the order in which lists are read", () => {
    const lists = [shown(2, "a"), shown(0, "a"), shown(20 * minute, "a"), shown(1, "b")]
    expect(countPassedOver(lists, emptyHistory)).toEqual(countPassedOver([...lists].reverse(), emptyHistory))
  })
})

describe("rotation", () => {
  const slots = [..."abcdefgh"].map((itemId, n): Slot => ({ itemId, score: 1 - n / 10, reasons: [] }))
  const order = (visits: Record<string, number>) =>
    rotate(slots, { visitsByItem: new Map(Object.entries(visits)), step: 2 })
      .map(({ itemId }) => itemId)
      .join("")

  test("moves an item down a step for each visit, behind what stood there, and keeps the rest in order", () => {
    expect(order({})).toBe("abcdefgh")
    expect(order({ a: 1 })).toBe("bcadefgh")
    expect(order({ a: 2, b: 1 })).toBe("cdbeafgh")
  })

  test("loses nothing, and goes no deeper than four visits", () => {
    expect([...order({ a: 1, d: 9, h: 3 })].sort().join("")).toBe("abcdefgh")
    expect(order({ a: 9 })).toBe(order({ a: 4 }))
  })

  test("of nothing changes nothing", () => {
    expect(rotate(slots, undefined)).toEqual(slots)
  })
})
