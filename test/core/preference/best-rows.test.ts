import fc from "fast-check"
import { expect, test } from "vitest"
import { bestRows, offerRow, sortByScore, takeBest } from "../../../src/core/preference/best-rows.ts"

const scored = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 900 })
const byScoreThenRow = (scores: readonly number[]) => (a: number, b: number) => scores[b]! - scores[a]! || a - b
const shuffled = (rows: readonly number[], seed: number) =>
  [...rows].sort((a, b) => ((a * 7919 + seed) % 997) - ((b * 7919 + seed) % 997))

test("rows and scores are sorted together, highest first, equal ones by row, in whatever order they come", () => {
  fc.assert(
    fc.property(scored, fc.nat(), (scores, seed) => {
      const rows = shuffled([...scores.keys()], seed)
      const sorted = Int32Array.from(rows)
      const values = Float64Array.from(rows, (row) => scores[row]!)
      sortByScore(sorted, values, rows.length)
      const expected = [...scores.keys()].sort(byScoreThenRow(scores))
      expect([...sorted]).toEqual(expected)
      expect([...values]).toEqual(expected.map((row) => scores[row]))
    }),
  )
})

test("the best of the rows offered are the first of all sorted, and the heap can be used again", () => {
  const best = bestRows(60)
  fc.assert(
    fc.property(scored, fc.nat(), fc.integer({ min: 0, max: 60 }), (scores, seed, limit) => {
      for (const row of shuffled([...scores.keys()], seed)) offerRow(best, limit, row, scores[row]!)
      expect([...takeBest(best)]).toEqual([...scores.keys()].sort(byScoreThenRow(scores)).slice(0, limit))
    }),
  )
})
