import { describe, expect, test } from "vitest"
import { itemIndex } from "../../../src/core/artifact/item-index.ts"
import type { Item } from "../../../src/core/catalogue/item.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { newItemsOf, scoreNewItems } from "../../../src/core/preference/new-items.ts"
import { explore, mergeSlots, placedSlots } from "../../../src/core/preference/place-new-items.ts"
import type { Slot } from "../../../src/core/preference/slot.ts"
import { catalogueOf, noon } from "../../support/release.ts"

const ofKind = (kind: string, n: number): Item => ({ id: `${kind}-${n}`, title: `${kind} ${n}`, category: [kind] })
const known = ["tea", "screw"].flatMap((kind) => [0, 1, 2].map((n) => ofKind(kind, n)))
const models = {
  items: itemIndex([...known.map(({ id }) => id), "tea-7"]),
  popularity: { customers: new Float32Array(7).fill(1) },
}
models.popularity.customers[models.items.indexOf.get("tea-7")!] = 0
const untouched = [ofKind("tea", 8), ofKind("screw", 8), ofKind("kite", 8)]
const catalogue = catalogueOf([...known, ofKind("tea", 7), ...untouched])
const newItems = newItemsOf(models, catalogue)
const { indexOf } = models.items
const restrictions = { nowMs: noon, repeats: "allowed", history: emptyHistory } as const

describe("placement of new items", () => {
  test("places what has no row or no customer beside the known of its kind", () => {
    expect(newItems.items.map(({ id }) => id)).toEqual(["tea-8", "screw-8", "kite-8", "tea-7"])
    const { offsets, targets } = newItems.toKnown
    const near = (n: number) => [...targets.subarray(offsets[n], offsets[n + 1])].map((row) => models.items.ids[row])
    expect(near(0).sort()).toEqual(["tea-0", "tea-1", "tea-2"])
    expect(near(2)).toEqual([])
  })

  test("scores a new item by the mean of its neighbours, shrunk to zero", () => {
    const scores = scoreNewItems(newItems, [[indexOf.get("tea-1")!, 0.6]])
    const cosine = newItems.toKnown.weights[0]!
    expect(scores[0]).toBeCloseTo((0.6 * cosine) / (3 * cosine + 1))
    expect([scores[1], scores[2]]).toEqual([0, 0])
  })

  test("is kept for an item that did not change, and made anew for one that did", () => {
    expect(newItemsOf(models, catalogue)).toBe(newItems)
    const changed = { ...untouched[2]!, category: ["screw"] }
    const next = newItemsOf(models, catalogueOf([...catalogue.items.values(), changed]))
    const scores = scoreNewItems(next, [[indexOf.get("screw-1")!, 1]])
    expect(scores[next.numberOf.get("kite-8")!]).toBeGreaterThan(0)
  })
})

test("a list is merged by score, without doubles", () => {
  const slot = (itemId: string, score: number): Slot => ({ itemId, score, reasons: [] })
  const merged = mergeSlots([slot("a", 3), slot("b", 1)], [slot("n", 2), slot("b", 1)], 4)
  expect(merged.map(({ itemId }) => itemId)).toEqual(["a", "n", "b"])
})

test("nothing that is left out, filtered out or out of stock is placed", () => {
  const scores = scoreNewItems(newItems, [[indexOf.get("tea-1")!, 1]])
  const ids = (changes: object) =>
    placedSlots(newItems, scores, { ...restrictions, ...changes }, 9).map((s) => s.itemId)
  expect(ids({})).toEqual(["tea-8", "tea-7"])
  expect(ids({ exclude: ["tea-8"] })).toEqual(["tea-7"])
  expect(ids({ filter: { category: ["screw"] } })).toEqual([])
})

describe("exploration", () => {
  const slots = known.map(({ id }, n): Slot => ({ itemId: id, score: 1 / (n + 2), reasons: [] }))
  const scores = new Float64Array(newItems.items.length)
  const list = (share: number, chance: number) =>
    explore(slots, newItems, scores, { share, chanceOf: () => chance }, restrictions, 6).map(({ itemId }) => itemId)
  const countNew = (ids: readonly string[]) => ids.filter((id) => newItems.numberOf.has(id)).length

  test("gives new items their share, of no known kind too", () => {
    expect(countNew(list(0.5, 0))).toBe(3)
    expect(countNew(list(0, 0.9))).toBe(0)
  })

  test("gives a short list one by chance, in proportion to the share", () => {
    expect(countNew(list(0.05, 0.5))).toBe(0)
    expect(countNew(list(0.05, 0.8))).toBe(1)
  })
})
