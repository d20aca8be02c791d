import fc from "fast-check"
import { expect, test } from "vitest"
import { previewImport } from "../../../src/actions/import/preview-import.ts"
import { fileWriter } from "../../support/write-file.ts"

const write = fileWriter()
const nowMs = Date.UTC(2025, 5, 1)
const head = "user,date,item,title,qty,price"
const cell = fc.oneof(
  fc.constantFrom(
    "u1",
    "2025-03-14",
    "cup",
    "4",
    "2.50",
    "",
    '"',
    '"cup',
    'cup"',
    '"cup, blue"',
    '"5"" cup"',
    "null",
    ",",
  ),
  fc.string({ maxLength: 6 }).map((text) => text.replace(/[\r\n]/g, "")),
)
const anyLine = fc.array(cell, { minLength: 1, maxLength: 7 }).map((cells) => cells.join(","))
const goodLine = fc.integer({ min: 0, max: 1e6 }).map((n) => `good${n},2025-03-14 12:00,item${n},cup,1,2.50`)

test("every line read is counted once, and a bad line takes no good one along", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(goodLine, anyLine), { maxLength: 30 }), async (lines) => {
      const path = write("lines.csv", [head, ...lines, "last,2025-03-14 12:00,cup,cup,1,2.50"].join("\n"))
      const mapping = { columns: {}, decimalMark: "point", dateOrder: "dmy" } as const
      const { linesRead, linesByEvent, linesRejected } = await previewImport({ path, mapping }, { nowMs })
      const counted = [...Object.values(linesByEvent), ...Object.values(linesRejected)]
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(linesRead)
      const good = lines.filter((line) => line.startsWith("good")).length
      expect((linesByEvent["Order Completed"] ?? 0) + (linesRejected.duplicateLine ?? 0)).toBeGreaterThanOrEqual(good)
    }),
  )
})
