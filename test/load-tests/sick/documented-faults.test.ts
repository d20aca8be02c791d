import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { faults } from "../../../load-tests/run/sick/faults/faults.ts"
import { databaseReasons } from "../../../src/core/problem/database-reason.ts"
import { expectedAlerts } from "../../alerts/expected-alerts.ts"
import { expectedFaults } from "../../faults/expected-faults.ts"

const page = readFileSync("docs/operations/sick-database.md", "utf8")
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.slice(2, -2).split(" | "))
const codesIn = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code!)
const faultRows = rows.filter((cells) => cells.length === 4)
const alertRows = rows.filter((cells) => cells.length === 3)
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

test("the page says of every fault which metric tells it and which alerts fire, as recorded", () => {
  expect(alertRows.map(([fault]) => codesIn(fault!)[0])).toEqual(faults.map(({ name }) => name))
  const rules = readFileSync("docs/operations/alerts.yml", "utf8")
  const monitoring = readFileSync("docs/operations/monitoring.md", "utf8")
  for (const [fault, metric, alerts] of alertRows) {
    const [name] = codesIn(fault!)
    for (const named of codesIn(metric!)) expect(monitoring, name).toContain(`\`${named}\``)
    for (const named of codesIn(alerts!)) expect(rules, name).toContain(`alert: ${named}\n`)
    const recorded = expectedAlerts[name!]
    if (recorded !== undefined) expect(recorded, name).toEqual(expect.arrayContaining(codesIn(alerts!)))
  }
})
