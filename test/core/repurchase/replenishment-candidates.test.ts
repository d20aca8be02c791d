import { expect, test } from "vitest"
import { itemIndex } from "../../../src/core/artifact/item-index.ts"
import type { OfferKind } from "../../../src/core/catalogue/offer.ts"
import { preferenceSelector } from "../../../src/core/decision/select-items.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { BoostedTrees } from "../../../src/core/repurchase/boosted-trees.ts"
import { customerRebuy, type Rebuy } from "../../../src/core/repurchase/rebuy.ts"
import { customerColumns, firstTimeColumns, pairColumns } from "../../../src/core/repurchase/rebuy-features.ts"
import { replenishmentCandidates } from "../../../src/core/repurchase/replenishment-candidates.ts"
import { computeRepurchaseStatistics } from "../../../src/core/repurchase/repurchase-statistics.ts"
import { bought, catalogueOf, day, fitSmallRelease, historyOf, itemsNamed, noon } from "../../support/release.ts"
import { offer } from "../../support/situations.ts"

const nowMs = noon + 40 * day
const history = historyOf(bought(0, "filter", "milk"), bought(10, "sofa"), bought(38, "milk"))
const items = itemIndex(["filter", "milk", "sofa"])

const oneTree = (column: number, border: number, no: number, yes: number): BoostedTrees => ({
  depth: 1,
  bias: 0,
  column: Int32Array.of(column),
  border: Float32Array.of(border),
  leaf: Float32Array.of(no, yes),
})
const sinceColumn = customerColumns.length + pairColumns.indexOf("since")
const sloped = { method: "platt", a: 1, b: 1, c: 0 } as const

/** Everybody orders with probability a half; what was bought longer ago than twenty days comes back surely, the rest hardly. */
const rebuy: Rebuy = {
  horizonMs: 30 * day,
  items,
  statistics: computeRepurchaseStatistics([history], items, 30 * day, nowMs),
  orders: oneTree(0, 0, 0, 0),
  again: oneTree(sinceColumn, Math.log1p(20), -2, 2),
  first: new Float64Array(firstTimeColumns.length + 1),
  calibrators: { orders: sloped, again: sloped, first: sloped },
}
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))

test("needs that return come best first, each with its chance and the purchase that speaks for it", () => {
  const slots = replenishmentCandidates(
    { nowMs, limit: 2 },
    customerRebuy(history, rebuy, nowMs),
    catalogueOf(itemsNamed("filter", "milk", "sofa")),
  )
  expect(slots.map(({ itemId }) => itemId)).toEqual(["filter", "sofa"])
  expect(slots[0]!.score).toBeCloseTo(0.5 * sigmoid(2))
  expect(slots[0]!.reasons).toEqual([{ code: "buyAgain", itemId: "filter" }])
})

test("what cannot be had or the filter leaves out is no need to fill", () => {
  const shop = catalogueOf([
    { id: "filter", title: "filter", stock: 0 },
    { id: "milk", title: "milk", category: ["food"] },
    { id: "sofa", title: "sofa" },
  ])
  const needs = (filter?: { category: string[] }) =>
    replenishmentCandidates(
      { nowMs, limit: 5, ...(filter && { filter }) },
      customerRebuy(history, rebuy, nowMs),
      shop,
    ).map(({ itemId }) => itemId)
  expect(needs()).toEqual(["sofa", "milk"])
  expect(needs({ category: ["food"] })).toEqual(["milk"])
})

test("a replenishment is bound to returning needs, any other offer to taste, and so is a replenishment without the model", async () => {
  const release: Release = { ...(await fitSmallRelease([history])), rebuy }
  const shop = catalogueOf(itemsNamed("filter", "milk", "sofa"))
  const taste = { history, vector: null, nowMs }
  const asked = (kind: OfferKind, of: Release) =>
    preferenceSelector(
      taste,
      of,
      shop,
      "allowed",
    )(offer({ id: kind, kind, items: { limit: 3, bind: "together" } })).map(({ itemId }) => itemId)
  expect(asked("replenishment", release)).toEqual(["filter", "sofa", "milk"])
  const byTaste = asked("recommendation", release)
  expect(asked("replenishment", { ...release, rebuy: null })).toEqual(byTaste)
})
