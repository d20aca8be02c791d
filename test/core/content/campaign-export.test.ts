import { expect, test } from "vitest"
import { exportWriters } from "../../../src/core/content/campaign-export.ts"

test("a cell that a spreadsheet would take for a formula is marked as text", () => {
  const content = { decisionId: "d", kind: "nothing", offer: null, items: [] }
  const rowOf = (userId: string) =>
    exportWriters.csv.row({ customerId: "c", userId, email: null, content, html: "<p>", text: "" }).split(",")[1]
  for (const start of ["=", "+", "-", "@", "\t", "＝"]) expect(rowOf(`${start}1`)).toBe(`'${start}1`)
  expect(rowOf("\r1")).toBe(`"'\r1"`)
  expect(rowOf("u-1")).toBe("u-1")
})
