import { expect, test } from "vitest"
import { interactionsOf } from "../../models/data/interactions-of.ts"
import { type CoOccurrenceParameters, fitCoOccurrence } from "../../models/neighbors/fit-co-occurrence.ts"
import { itemIndex } from "../../src/core/artifact/item-index.ts"
import type { History } from "../../src/core/history/history.ts"
import { historyQuery, scoreNeighbors, sessionQuery } from "../../src/core/preference/neighbors.ts"
import { sessionStepsOf } from "../../src/core/preference/session-steps.ts"
import { sparseScores } from "../../src/core/preference/sparse-scores.ts"
import { bought, day, historyOf, noon, viewed } from "../support/release.ts"

const plain: CoOccurrenceParameters = {
  edgesPerItem: 10,
  customerExponent: 0,
  sourceExponent: 0,
  targetExponent: 0,
  distanceExponent: 0,
  backward: 1,
  pairHalfLifeDays: null,
}
const kinds = { view: 0.5, cart: 0.75, purchase: 1, halfLifeDays: null }
const items = itemIndex(["a", "b", "c"])

function edge(from: string, to: string, histories: readonly History[], change: Partial<CoOccurrenceParameters> = {}) {
  const graph = fitCoOccurrence(interactionsOf(histories, items, kinds), noon + 10 * day, { ...plain, ...change })
  const out = sparseScores(3)
  scoreNeighbors(graph, { index: Int32Array.of(items.indexOf.get(from)!), weight: Float32Array.of(1) }, out)
  return out.values[items.indexOf.get(to)!]!
}

const together = [historyOf(bought(0, "a", "b")), historyOf(bought(0, "a", "b", "c"))]

test("an edge counts the customers who have both ends, and none leads from an item to itself", () => {
  expect(edge("a", "b", together)).toBe(2)
  expect(edge("a", "c", together)).toBe(1)
  expect(edge("a", "a", together)).toBe(0)
})

test("only items among the given sources have edges, the same as otherwise", () => {
  const data = interactionsOf(together, items, kinds)
  const whole = fitCoOccurrence(data, noon, plain)
  const some = fitCoOccurrence(data, noon, plain, Uint8Array.of(0, 1, 0))
  const [from, to] = [whole.offsets[1]!, whole.offsets[2]!]
  expect([...some.offsets]).toEqual([0, 0, to - from, to - from])
  expect([...some.targets]).toEqual([...whole.targets.subarray(from, to)])
  expect([...some.weights]).toEqual([...whole.weights.subarray(from, to)])
})

test("somebody with many items says less of each pair", () => {
  expect(edge("a", "b", together, { customerExponent: 1 })).toBeCloseTo(1 / 2 + 1 / 3)
})

test("popularity is taken out of the source and of the target, each to its power", () => {
  expect(edge("a", "c", together, { sourceExponent: 0.5, targetExponent: 1 })).toBeCloseTo(1 / (2 ** 0.5 * 1))
  expect(edge("c", "a", together, { sourceExponent: 0.5, targetExponent: 1 })).toBeCloseTo(1 / (1 * 2))
})

test("a view counts as its weight", () => {
  expect(edge("a", "b", [historyOf(bought(0, "a"), viewed(0, "b"))])).toBeCloseTo(1 * 0.5)
})

test("what came later and at once counts whole, what came before counts backward, and steps in between take away", () => {
  const inTurn = [historyOf(bought(0, "a"), bought(3, "b"), bought(9, "c"))]
  const change = { distanceExponent: 1, backward: 0.25 }
  expect(edge("a", "b", inTurn, change)).toBeCloseTo(1 / 2)
  expect(edge("a", "c", inTurn, change)).toBeCloseTo(1 / 3)
  expect(edge("c", "a", inTurn, change)).toBeCloseTo(0.25 / 3)
})

test("a pair fades with the age of its target", () => {
  expect(edge("a", "b", [historyOf(bought(0, "a"), bought(6, "b"))], { pairHalfLifeDays: 4 })).toBeCloseTo(
    2 ** -(4 / 4),
  )
})

test("only the strongest edges are kept", () => {
  expect(edge("a", "b", together, { edgesPerItem: 1 })).toBe(2)
  expect(edge("a", "c", together, { edgesPerItem: 1 })).toBe(0)
})

test("the past pulls by its age and the moment by how many moments came after", () => {
  const history = historyOf(bought(0, "a"), viewed(8, "b"), viewed(9, "c"))
  const interactions = interactionsOf([history], items, kinds)
  const taste = historyQuery(
    { index: interactions.indexes, confidence: interactions.confidence, lastAt: interactions.lastAt },
    { halfLifeDays: 9 },
  )
  expect([...taste.weight][0]).toBeCloseTo(1 / 2)
  const intent = sessionQuery(sessionStepsOf(history, items), 0.5)
  expect(Object.fromEntries([...intent.index].map((row, n) => [items.ids[row], intent.weight[n]]))).toEqual({
    c: 1,
    b: 0.5,
    a: 0.25,
  })
})
