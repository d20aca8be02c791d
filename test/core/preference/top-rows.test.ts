import fc from "fast-check"
import { expect, test } from "vitest"
import { topRows } from "../../../src/core/preference/top-rows.ts"

test("top rows are the first of all eligible rows sorted by score, equal scores by row", () => {
  const rows = fc.array(fc.record({ score: fc.integer({ min: -3, max: 3 }), eligible: fc.boolean() }))
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: 40 }), (given, limit) => {
      const scores = Float32Array.from(given, ({ score }) => score)
      const eligible = Uint8Array.from(given, (row) => (row.eligible ? 1 : 0))
      const sorted = [...given.keys()]
        .filter((row) => given[row]!.eligible)
        .sort((a, b) => scores[b]! - scores[a]! || a - b)
      expect(topRows(scores, eligible, limit)).toEqual(sorted.slice(0, limit))
    }),
  )
})
