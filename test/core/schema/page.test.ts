import fc from "fast-check"
import { expect, test } from "vitest"
import { pageOf, pageWithin } from "../../../src/core/schema/page.ts"

test("a page of three from four rows names the third, and the last page names none", () => {
  expect(pageOf(["a", "b", "c", "d"], 3, String)).toEqual({ page: ["a", "b", "c"], nextCursor: "c" })
  expect(pageOf(["d"], 3, String)).toEqual({ page: ["d"], nextCursor: null })
})

test("pages one after the other are the whole list, whatever the limit", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.uuid(), { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (rows, limit) => {
      const seen: string[] = []
      let cursor: string | undefined
      for (let n = 0; n <= rows.length; n++) {
        const { page, nextCursor } = pageWithin(rows, { cursor, limit }, String)
        seen.push(...page)
        if (nextCursor === null) break
        cursor = nextCursor
      }
      expect(seen).toEqual(rows)
    }),
  )
})

test("behind a row that is gone there is nothing", () => {
  expect(pageWithin(["a", "b"], { cursor: "gone", limit: 5 }, String)).toEqual({ page: [], nextCursor: null })
})
