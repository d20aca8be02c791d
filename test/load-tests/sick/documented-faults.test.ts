import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { faults } from "../../../load-tests/run/sick/faults/faults.ts"
import { databaseReasons } from "../../../src/core/problem/database-reason.ts"
import { expectedFaults } from "../../faults/expected-faults.ts"

const page = readFileSync("docs/operations/sick-database.md", "utf8")
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.slice(2, -2).split(" | "))
const codesIn = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code!)
const faultRows = rows.filter((cells) => cells.length === 4)
const reasonRows = rows.filter((cells) => cells.length === 2)

test("the page has a row for every fault that is made, in the same order, and what is expected of each is stated", () => {
  const names = faults.map(({ name }) => name)
  expect(faultRows.map(([fault]) => codesIn(fault!)[0])).toEqual(names)
  expect(Object.keys(expectedFaults)).toEqual(names)
})

test("a fault's row names only reasons that are expected of it, and `ok` where none is", () => {
  for (const [fault, , , health] of faultRows) {
    const [name] = codesIn(fault!)
    const expected = expectedFaults[name!]!.reasons.map((reason) => reason.split(" ")[1])
    const stated = codesIn(health!)
    if (expected.length === 0) expect(stated, name).toEqual(["ok"])
    else expect(expected, name).toEqual(expect.arrayContaining(stated))
  }
})

test("the page says of every reason what to do", () => {
  expect(reasonRows.map(([reason]) => codesIn(reason!)[0]).sort()).toEqual(Object.keys(databaseReasons).sort())
})
