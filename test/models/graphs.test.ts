import { expect, test } from "vitest"
import { itemAttributes } from "../../models/data/item-attributes.ts"
import { sequencesOf } from "../../models/data/sequences.ts"
import { fitContent } from "../../models/neighbors/fit-content.ts"
import { fitSpectral } from "../../models/neighbors/fit-spectral.ts"
import { fitTransitions, type TransitionParameters } from "../../models/neighbors/fit-transitions.ts"
import { startingConfiguration } from "../../models/search/configuration.ts"
import { fitSessions } from "../../models/sessions/fit.ts"
import { itemIndex } from "../../src/core/artifact/item-index.ts"
import { attributesOfItem } from "../../src/core/catalogue/item-attributes.ts"
import type { History } from "../../src/core/history/history.ts"
import type { Graph } from "../../src/core/preference/neighbors.ts"
import { sessionStepsOf } from "../../src/core/preference/session-steps.ts"
import { scoreSessions, sessionScratch, sessionWeights } from "../../src/core/preference/sessions.ts"
import { sparseScores } from "../../src/core/preference/sparse-scores.ts"
import { bought, historyOf, viewed } from "../support/release.ts"

const items = itemIndex(["a", "b", "c", "d"])
const plain: TransitionParameters = {
  maxSteps: 10,
  recencyShare: 0,
  sourceExponent: 0,
  backward: 0,
  followedEdges: 10,
  edgesPerItem: 10,
}
const inTurn = (...ids: string[]): History => historyOf(...ids.map((id, n) => viewed(n, id)))
const edges = ({ offsets, targets, weights }: Graph, from: string) => {
  const row = items.indexOf.get(from)!
  const found: Record<string, number> = {}
  for (let k = offsets[row]!; k < offsets[row + 1]!; k++) found[items.ids[targets[k]!]!] = weights[k]!
  return found
}
const transitions = (histories: readonly History[], change: Partial<TransitionParameters> = {}) =>
  fitTransitions(sequencesOf(histories, items), items.ids.length, { ...plain, ...change })

test("what came later counts by one over how many moments later, and never back", () => {
  const { transitions: later } = transitions([inTurn("a", "b", "c")])
  expect(edges(later, "a")).toEqual({ b: 1, c: 1 / 2 })
  expect(edges(later, "c")).toEqual({})
})

test("things done at once are no step", () => {
  const { transitions: later, directTransitions: next } = transitions([historyOf(bought(0, "a", "b"), bought(1, "c"))])
  expect(edges(later, "a")).toEqual({ c: 1 })
  expect(edges(next, "b")).toEqual({ c: 1 })
})

test("a cycle is continued by what comes right after, and two steps maxSteps what lies behind that", () => {
  const { directTransitions: next, twoStepTransitions: beyond } = transitions(
    [inTurn("a", "b", "c", "a", "b", "c", "a")],
    { maxSteps: 1 },
  )
  expect([edges(next, "a"), edges(next, "b"), edges(next, "c")]).toEqual([{ b: 1 }, { c: 1 }, { a: 1 }])
  expect(Object.keys(edges(beyond, "a"))).toEqual(["c"])
})

test("an item that comes right after itself is its own next, never its own onward", () => {
  const { transitions: later, directTransitions: next } = transitions([inTurn("a", "a", "b")], { maxSteps: 1 })
  expect(edges(next, "a")).toEqual({ a: 1 / 2, b: 1 / 2 })
  expect(edges(later, "a")).toEqual({ b: 1 })
})

test("a sequence that ended earlier says less, by the share that ended later", () => {
  const early = inTurn("a", "b")
  const late = historyOf(viewed(5, "a"), viewed(6, "c"))
  const found = edges(transitions([late, early], { recencyShare: 0.5 }).transitions, "a")
  expect(found.b).toBeCloseTo(Math.exp(-(1 / 2) / 0.5))
  expect(found.c).toBe(1)
})

test("sequences that ended at the same time are equally late, in whatever order they come", () => {
  const found = edges(
    transitions([inTurn("a", "b"), inTurn("a", "c"), inTurn("a", "d")], { recencyShare: 0.1 }).transitions,
    "a",
  )
  expect(found).toEqual({ b: 1, c: 1, d: 1 })
})

test("content is the cosine of attributes by their rarity; an item without events has its like", () => {
  const names: Record<string, string[]> = { a: ["x", "rare"], b: ["x", "rare"], c: ["x"], d: [] }
  const graph = fitContent(
    itemAttributes(items, (id) => names[id]!),
    10,
  )
  const [common, rare] = [Math.log(4 / 3), Math.log(4 / 2)]
  const found = edges(graph, "a")
  expect(found.b).toBeCloseTo(1)
  expect(found.c).toBeCloseTo(common ** 2 / (common * Math.hypot(common, rare)))
  expect(edges(graph, "d")).toEqual({})
})

test("an item says its category, brand, price band, attributes and the words of its title", () => {
  const item = { id: "1", title: "Red Mug, 2 l", category: ["home"], brand: "B", price: 4, attributes: { vegan: true } }
  expect(attributesOfItem(item)).toEqual(["category:home", "brand:B", "price:4", "vegan=true", "word:red", "word:mug"])
})

const parameters = { ...startingConfiguration(1).sessions, recencyShare: 0, lengthExponent: 0, neighbors: 10 }
const scoresOf = (known: readonly History[], asking: History, change: Partial<typeof parameters> = {}) => {
  const chosen = { ...parameters, ...change }
  const weights = sessionWeights(fitSessions(sequencesOf(known, items), chosen), chosen, items.ids.length)
  const out = sparseScores(items.ids.length)
  scoreSessions(weights, sessionStepsOf(asking, items), sessionScratch(weights), out)
  return Object.fromEntries([...out.rows.subarray(0, out.count)].map((row) => [items.ids[row]!, out.values[row]!]))
}

test("a like sequence says what came after the item in common, less what came before, by distance", () => {
  const rarity = Math.log(3 / 1)
  const known = [inTurn("a", "b", "c"), inTurn("c", "d"), inTurn("c", "d")]
  const found = scoresOf(known, inTurn("b"), { backward: 0.5, self: 0.25, rarityExponent: 1 })
  expect(found.c).toBeCloseTo(rarity)
  expect(found.a).toBeCloseTo(rarity * 0.5)
  expect(found.b).toBeCloseTo(rarity * 0.25)
  expect(found.d).toBeUndefined()
})

test("a session that others had before goes on as theirs did", () => {
  const known = [inTurn("a", "b", "c"), inTurn("a", "b", "c"), inTurn("b", "d"), inTurn("d", "a")]
  const found = scoresOf(known, inTurn("a", "b"), { self: 0, backward: 0 })
  expect(found.c).toBeGreaterThan(found.d!)
})

test("only the most alike sequences are asked", () => {
  const known = [inTurn("a", "b", "c"), inTurn("b", "d")]
  expect(Object.keys(scoresOf(known, inTurn("a", "b"), { neighbors: 1, self: 0, backward: 0 }))).toEqual(["c"])
})

test("sequences of one item are not kept, and of too many the latest are", () => {
  const known = [inTurn("a"), inTurn("a", "b"), historyOf(viewed(8, "c"), viewed(9, "d"))]
  const kept = fitSessions(sequencesOf(known, items), { ...parameters, maxSequences: 1 })
  expect([...kept.rows].map((row) => items.ids[row])).toEqual(["c", "d"])
})

test("in the spectrum, the nearest of an item are of its own half when two halves never meet", () => {
  const half = 20
  const inHalf = (row: number, step: number) => row - (row % half) + ((row + step) % half)
  const targets = Array.from({ length: 2 * half }, (_, row) => [1, 2, 3].map((step) => inHalf(row, step))).flat()
  const ring: Graph = {
    offsets: Int32Array.from({ length: 2 * half + 1 }, (_, row) => 3 * row),
    targets: Int32Array.from(targets),
    weights: Float32Array.from(targets, () => 1),
  }
  const { offsets, targets: nearest } = fitSpectral(ring, { dimensions: 4, edgesPerItem: 5, maxItems: 100 })
  for (let row = 0; row < 2 * half; row++) {
    const own = [...nearest.subarray(offsets[row]!, offsets[row + 1]!)]
    expect(own).toHaveLength(5)
    expect(own.every((other) => Math.floor(other / half) === Math.floor(row / half) && other !== row)).toBe(true)
  }
})
