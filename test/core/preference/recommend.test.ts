import { expect, test } from "vitest"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { foldVector } from "../../../src/core/preference/fold-vector.ts"
import { rank } from "../../../src/core/preference/rank.ts"
import { type RecommendQuestion, recommend } from "../../../src/core/preference/recommend.ts"
import {
  bought,
  catalogueOf,
  day,
  fitSmallRelease,
  historyOf,
  itemsNamed,
  noon,
  viewed,
} from "../../support/release.ts"

const size = 20
const squares = Array.from({ length: size }, (_, n) => n)
const idOf = (square: number) => `item-${String(square).padStart(2, "0")}`

/** Even customers buy even items, odd ones odd items; each leaves out the item of its own number. */
const histories = squares.map((customer) =>
  historyOf(bought(0, ...squares.filter((item) => item !== customer && (customer + item) % 2 === 0).map(idOf))),
)
const release = await fitSmallRelease(histories)
const catalogue = catalogueOf(itemsNamed(...squares.map(idOf)))

const question: RecommendQuestion = {
  history: emptyHistory,
  vector: null,
  limit: size,
  repeats: "excluded",
  nowMs: noon + day,
  explain: false,
}
const ask = (change: Partial<RecommendQuestion>, shop = catalogue) =>
  recommend({ ...question, ...change }, release, shop).map(({ itemId }) => itemId)

test("on the checkerboard, every customer is recommended the square withheld from them", () => {
  expect(squares.map((customer) => ask({ history: histories[customer]!, limit: 1 })[0])).toEqual(squares.map(idOf))
})

test("one event turns the answer towards what it says", () => {
  const [before] = ask({ history: historyOf(bought(0, idOf(2))), limit: 1 })
  const [after] = ask({ history: historyOf(bought(0, idOf(3))), limit: 1 })
  expect([Number(before!.slice(-2)) % 2, Number(after!.slice(-2)) % 2]).toEqual([0, 1])
})

test("a stored vector answers as the history it was folded from", () => {
  const history = histories[3]!
  const vector = foldVector(history, release)
  expect(recommend({ ...question, history, vector }, release, catalogue)).toEqual(
    recommend({ ...question, history }, release, catalogue),
  )
})

test("what was bought is left out where repeats are excluded, and back once it was returned; what was viewed stays", () => {
  const kept = historyOf(bought(0, idOf(0)), viewed(0, idOf(2)))
  const back = historyOf(bought(0, idOf(0)), { ...bought(1, idOf(0)), name: "Product Returned", messageId: "back" })
  expect(ask({ history: kept })).not.toContain(idOf(0))
  expect(ask({ history: kept })).toContain(idOf(2))
  expect(ask({ history: kept, repeats: "allowed" })).toContain(idOf(0))
  expect(ask({ history: back })).toContain(idOf(0))
})

test("whoever bought everything is offered it again rather than nothing", () => {
  expect(ask({ history: historyOf(bought(0, ...squares.map(idOf))) })).toHaveLength(size)
})

test("an item bought again and again comes first where repeats are allowed", () => {
  const weekly = historyOf(...[0, 1, 2, 3, 4].map((days) => bought(days, idOf(7))))
  expect(ask({ history: weekly, repeats: "allowed", limit: 1, nowMs: noon + 5 * day })).toEqual([idOf(7)])
})

test("a filter takes any of the values within a field and all fields together", () => {
  const shop = catalogueOf([
    { id: idOf(0), title: "a", category: ["skin"], brand: "x", attributes: { vegan: true, tone: ["warm", "light"] } },
    { id: idOf(1), title: "b", category: ["skin", "gift"], brand: "y", attributes: { vegan: false } },
    { id: idOf(2), title: "c", category: ["hair"], brand: "x" },
    { id: "unknown", title: "d", category: ["gift"], brand: "x" },
  ])
  const sorted = (filter: NonNullable<RecommendQuestion["filter"]>) => ask({ filter }, shop).sort()
  expect(sorted({ category: ["hair", "gift"] })).toEqual([idOf(1), idOf(2), "unknown"])
  expect(sorted({ category: ["skin", "gift"], brand: ["x"] })).toEqual([idOf(0), "unknown"])
  expect(sorted({ attributes: { tone: ["warm", "cold"], vegan: [true] } })).toEqual([idOf(0)])
  expect(sorted({ attributes: { constructor: ["x"] } })).toEqual([])
})

test("an item is shown inside its validity and in stock only, at every moment anew", () => {
  const at = (days: number) => new Date(noon + days * day).toISOString()
  const shop = catalogueOf([
    { id: idOf(0), title: "from", validFrom: at(2) },
    { id: idOf(1), title: "to", validTo: at(2) },
    { id: idOf(2), title: "gone", stock: 0 },
    { id: idOf(3), title: "last", stock: 1 },
    { id: "unknown", title: "new", validTo: at(2) },
  ])
  expect(ask({ nowMs: noon + day }, shop).sort()).toEqual([idOf(1), idOf(3), "unknown"])
  expect(ask({ nowMs: noon + 3 * day }, shop).sort()).toEqual([idOf(0), idOf(3)])
})

test("excluded items are left out, known to the release or not", () => {
  const shop = catalogueOf(itemsNamed(idOf(0), idOf(1), "new-1", "new-2"))
  expect(ask({ exclude: [idOf(0), "new-1", "nobody"] }, shop)).toEqual([idOf(1), "new-2"])
})

test("a customer without history gets what is popular, and items the release never saw follow in order of id", () => {
  const shop = catalogueOf(itemsNamed("zz", "aa", idOf(5)))
  expect(ask({}, shop)).toEqual([idOf(5), "aa", "zz"])
})

test("without a release every available item is answered, in order of id", () => {
  expect(recommend({ ...question, limit: 3 }, null, catalogue).map(({ itemId }) => itemId)).toEqual([0, 1, 2].map(idOf))
})

test("a longer answer begins with the shorter one", () => {
  const history = histories[4]!
  expect(ask({ history, limit: 12 }).slice(0, 5)).toEqual(ask({ history, limit: 5 }))
})

test("scores fall along the answer and never exceed one", () => {
  const scores = recommend({ ...question, history: histories[0]! }, release, catalogue).map(({ score }) => score)
  expect(scores).toEqual([...scores].sort((a, b) => b - a))
  expect(scores[0]).toBeLessThanOrEqual(1)
})

test("rank puts a given list in the customer's order, once each and available only", () => {
  const given = [idOf(1), "stranger", idOf(2), idOf(1), idOf(4)]
  const slots = rank(
    { ...question, repeats: "allowed", history: histories[0]!, itemIds: [...given, "new"] },
    release,
    catalogueOf(itemsNamed(...squares.map(idOf), "new")),
  )
  expect(slots.map(({ itemId }) => itemId)).toEqual([idOf(2), idOf(4), idOf(1), "new"])
})
