import fc from "fast-check"
import { expect, test } from "vitest"
import { createRandom, normal } from "../../../models/random.ts"
import {
  contributions,
  createFactors,
  foldIn,
  type PreferenceWeights,
  readFactors,
  rowRegularization,
  scoreAll,
  topItems,
  writeFactors,
} from "../../../src/core/preference/factors.ts"
import { matrices } from "../../support/kernel.ts"
import { dot, foldInByDefinition, type Matrix, relativeError, weightedGram } from "../../support/linear-algebra.ts"

const weightsOf = (rows: Matrix): PreferenceWeights => {
  const dimensions = rows[0]!.length
  const ones = rows.map(() => 1)
  return {
    dimensions,
    itemFactors: Float32Array.from(rows.flat()),
    gram: Float64Array.from(weightedGram(rows, ones, dimensions).flat()),
    regularization: 0.3,
    unobservedWeight: 0.25,
    frequencyExponent: 1,
  }
}

const interactionsOf = (entries: readonly { row: number; confidence: number }[]) => ({
  index: Int32Array.from(entries, ({ row }) => row),
  confidence: Float32Array.from(entries, ({ confidence }) => confidence),
})

const cases = fc.tuple(
  matrices(30, 18),
  fc.array(fc.record({ row: fc.nat(), confidence: fc.integer({ min: 1, max: 32 }).map((n) => n / 8) }), {
    minLength: 1,
    maxLength: 30,
  }),
)
const withRowsIn = (rows: Matrix, picks: readonly { row: number; confidence: number }[]) =>
  picks.map(({ row, confidence }) => ({ row: row % rows.length, confidence }))

test("a fold-in is the minimum of the implicit loss by its definition, and scores are its dot products", () => {
  fc.assert(
    fc.property(cases, ([rows, picks]) => {
      const weights = weightsOf(rows)
      const factors = createFactors(weights)
      const entries = withRowsIn(rows, picks)
      const vector = foldIn(factors, interactionsOf(entries))
      const total = entries.reduce((sum, { confidence }) => sum + confidence, 0)
      const regularization = 0.3 * (total + 0.25 * rows.length)
      expect(rowRegularization(weights, total, rows.length)).toBeCloseTo(regularization)
      expect(relativeError(vector, foldInByDefinition(rows, entries, 0.25, regularization), 0.1)).toBeLessThan(1e-3)
      const scores = new Float32Array(rows.length)
      scoreAll(factors, vector, scores)
      const expected = rows.map((row) => dot(row, [...vector]))
      expect(relativeError(scores, expected, 0.1)).toBeLessThan(1e-5)
    }),
  )
})

test("the contributions of past items sum to the score", () => {
  fc.assert(
    fc.property(cases, ([rows, picks]) => {
      const factors = createFactors(weightsOf(rows))
      const interactions = interactionsOf(withRowsIn(rows, picks))
      const scores = new Float32Array(rows.length)
      scoreAll(factors, foldIn(factors, interactions), scores)
      const items = rows.map((_, item) => item)
      const shares = contributions(factors, interactions, items)
      const count = interactions.index.length
      const sums = items.map((item) => shares.slice(item * count, (item + 1) * count).reduce((a, b) => a + b, 0))
      expect(relativeError(sums, scores, 0.1)).toBeLessThan(1e-3)
    }),
  )
})

/** Rows with one value each, whose Gram matrix is diagonal. */
const axes: fc.Arbitrary<Matrix> = fc
  .array(fc.record({ column: fc.nat(11), value: fc.integer({ min: -8, max: 8 }) }), { minLength: 1, maxLength: 30 })
  .map((rows) => rows.map(({ column, value }) => Array.from({ length: 12 }, (_, k) => (k === column ? value / 4 : 0))))

test("few interactions over a diagonal Gram matrix fold in by the same definition, and their contributions sum to the score", () => {
  const some = fc.array(fc.record({ row: fc.nat(), confidence: fc.integer({ min: 1, max: 32 }).map((n) => n / 8) }), {
    minLength: 1,
    maxLength: 6,
  })
  fc.assert(
    fc.property(axes, some, (rows, picks) => {
      const factors = createFactors(weightsOf(rows))
      expect(factors.diagonal).toBeDefined()
      const entries = withRowsIn(rows, picks)
      const interactions = interactionsOf(entries)
      const vector = foldIn(factors, interactions)
      const total = entries.reduce((sum, { confidence }) => sum + confidence, 0)
      const regularization = rowRegularization(factors, total, rows.length)
      expect(relativeError(vector, foldInByDefinition(rows, entries, 0.25, regularization), 0.1)).toBeLessThan(1e-3)
      const count = entries.length
      const shares = contributions(factors, interactions, [...rows.keys()])
      const sums = rows.map((_, item) => shares.slice(item * count, (item + 1) * count).reduce((a, b) => a + b, 0))
      const expected = rows.map((row) => dot(row, [...vector]))
      expect(relativeError(sums, expected, 0.1)).toBeLessThan(1e-3)
    }),
  )
})

const toy: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
]

test("the top items follow the score, equal ones by row, and leave out what is not allowed", () => {
  const factors = createFactors(weightsOf(toy))
  const vector = Float32Array.from([2, 1, -1])
  expect([...topItems(factors, vector, 3).index]).toEqual([2, 4, 0])
  expect([...topItems(factors, vector, 9, Uint8Array.from([1, 1, 0, 1, 1])).score]).toEqual([2 + 1, 2, 1, -1])
})

test("nothing seen is the zero vector, and contributes nothing", () => {
  const factors = createFactors(weightsOf(toy))
  const nothing = interactionsOf([])
  expect([...foldIn(factors, nothing)]).toEqual([0, 0, 0])
  expect(contributions(factors, nothing, [1, 2])).toHaveLength(0)
})

test("an item row the factors do not have is refused", () => {
  const factors = createFactors(weightsOf(toy))
  expect(() => foldIn(factors, interactionsOf([{ row: 5, confidence: 1 }]))).toThrow("outside 0 … 4")
})

test("a vector of another space is refused", () => {
  const factors = createFactors(weightsOf(toy))
  expect(() => scoreAll(factors, new Float32Array(2), new Float32Array(5))).toThrow("3 are needed")
})

test("written and read again, factors fold a customer in alike", () => {
  const weights = weightsOf(toy)
  const content = writeFactors(weights, ["a", "b", "c", "d", "e"])
  const interactions = interactionsOf([{ row: 2, confidence: 1.5 }])
  expect(JSON.parse(content.metadata.items!)).toEqual(["a", "b", "c", "d", "e"])
  expect(foldIn(readFactors(content), interactions)).toEqual(foldIn(createFactors(weights), interactions))
})

test("vectors made elsewhere need no Gram matrix: it is computed from the factors", () => {
  const { metadata, tensors } = writeFactors(weightsOf(toy), ["a", "b", "c", "d", "e"])
  const { gram, ...others } = tensors
  expect([...readFactors({ metadata, tensors: others }).gram]).toEqual([...gram!.data])
})

test("an artifact that does not fit says what to give", () => {
  const { metadata, tensors } = writeFactors(weightsOf(toy), ["a", "b", "c", "d", "e"])
  const wrongGram = { ...tensors, gram: { dtype: "F64", shape: [2, 2], data: new Float64Array(4) } } as const
  expect(() => readFactors({ metadata, tensors: wrongGram })).toThrow("tensor gram as F64 of shape [3, 3]")
  const { regularization: _, ...incomplete } = metadata
  expect(() => readFactors({ metadata: incomplete, tensors })).toThrow("metadata entry regularization as a number")
})

test("the best of very many, sought among bytes first, are the best of all, with their exact scores", () => {
  const [items, dimensions, limit] = [20_000, 32, 20]
  const random = createRandom(4)
  const itemFactors = Float32Array.from({ length: items * dimensions }, () => normal(random))
  const weights = { dimensions, itemFactors, regularization: 0.1, unobservedWeight: 0.1, frequencyExponent: 1 }
  const [exact, coarse] = [createFactors(weights), createFactors(weights, 1)]
  const allowed = Uint8Array.from({ length: items }, () => Number(random() < 0.5))
  let found = 0
  for (let question = 0; question < 100; question++) {
    const vector = Float32Array.from({ length: dimensions }, () => normal(random))
    const best = topItems(exact, vector, limit, allowed)
    const sought = topItems(coarse, vector, limit, allowed)
    const scores = new Map([...best.index].map((item, at) => [item, best.score[at]!]))
    sought.index.forEach((item, at) => {
      if (!scores.has(item)) return
      found += 1
      expect(sought.score[at]!).toBeCloseTo(scores.get(item)!, 4)
    })
    expect([...sought.score]).toEqual([...sought.score].sort((a, b) => b - a))
  }
  expect(found / (100 * limit)).toBeGreaterThan(0.99)
})

test("items that are not numbers are never among the best, however they are sought", () => {
  const itemFactors = Float32Array.of(Number.NaN, 1, 1, 2, Infinity, -Infinity, 0, 0)
  const weights = { dimensions: 2, itemFactors, regularization: 0.1, unobservedWeight: 0.1, frequencyExponent: 1 }
  for (const factors of [createFactors(weights), createFactors(weights, 1)]) {
    expect([...topItems(factors, Float32Array.of(1, 1), 4).index]).toEqual([1, 3])
  }
})
