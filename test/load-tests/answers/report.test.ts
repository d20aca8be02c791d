import { expect, test } from "vitest"
import { parseOptions } from "../../../load-tests/run/answers/options.ts"
import { jsonLine, linesOf } from "../../../load-tests/run/answers/report.ts"
import { median } from "../../../load-tests/run/answers/statistics.ts"

const cost = { cpuMs: 1.23456, serverMs: 1, postgresMs: 0.23456, p50Ms: 1, p95Ms: 2, p99Ms: 3 }
const ratio = (value: number) => ({ median: value, least: value, most: value })

test("the line for other programs has each route's median ratios, new over old, to a thousandth", () => {
  const byRoute = { recommend: { cost, cpuRatio: ratio(1.04567), p95Ratio: ratio(0.9) } }
  expect(JSON.parse(jsonLine("e2a8c94", byRoute, 1.01, 0.02))).toEqual({
    bench: "answers",
    against: "e2a8c94",
    routes: { recommend: { cpuMs: 1.235, cpuRatio: 1.046, p95Ratio: 0.9 } },
    rateRatio: 1.01,
    noise: 0.02,
  })
})

test("what was not measured is null and not 0", () => {
  const byRoute = { recommend: { cost: null, cpuRatio: null, p95Ratio: null } }
  expect(JSON.parse(jsonLine(null, byRoute, null, null))).toEqual({
    bench: "answers",
    against: null,
    routes: { recommend: { cpuMs: null, cpuRatio: null, p95Ratio: null } },
    rateRatio: null,
    noise: null,
  })
})

test("a table's columns begin below each other", () => {
  expect(
    linesOf([
      ["route", "cpu"],
      ["recommend", "1 ms"],
    ]),
  ).toEqual(["route      cpu", "recommend  1 ms"])
})

test("an even number of values has the mean of the two in the middle for its median", () => {
  expect(median([4, 1, 3, 2])).toBe((2 + 3) / 2)
  expect(median([3, 1, 2])).toBe(2)
  expect(median([])).toBeNull()
})

test("a flag that is given goes before what --quick sets", () => {
  expect(parseOptions(["--quick", "--seconds", "3"])).toMatchObject({ seconds: 3, repeats: 2, against: undefined })
  expect(parseOptions(["--help"])).toBe("help")
  expect(() => parseOptions(["--seconds", "soon"])).toThrow("--seconds must be a number of at least 0.5")
  expect(() => parseOptions(["--against"])).toThrow()
})
