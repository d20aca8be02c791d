import { tmpdir } from "node:os"
import { expect, test } from "vitest"
import { compare, lastLine } from "../../../models/bench/held/compare.ts"
import { benchNames, figures } from "../../../models/bench/held/figures.ts"
import { parseOptions } from "../../../models/bench/held/options.ts"
import { runBench } from "../../../models/bench/held/run-bench.ts"

const claimed = [
  { bench: "shop", path: "all.ndcg20", was: 0.33, tolerance: 0.004 },
  { bench: "shop", path: "customers", was: 1657, tolerance: 0 },
]
const line = (ndcg20: number, customers = 1657) => ({ bench: "shop", all: { ndcg20 }, customers })
const movedOf = (measured: unknown) => compare(claimed, new Map([["shop", measured]])).moved

test("a figure may move by its tolerance in either direction and no further", () => {
  expect(movedOf(line(0.33 - 0.004))).toEqual([])
  expect(movedOf(line(0.33 + 0.004))).toEqual([])
  expect(movedOf(line(0.33 - 0.0041))).toEqual(["shop.all.ndcg20"])
  expect(movedOf(line(0.33 + 0.0041))).toEqual(["shop.all.ndcg20"])
})

test("a figure without tolerance must be equal", () => {
  expect(movedOf(line(0.33, 1656))).toEqual(["shop.customers"])
})

test("the figures of a bench that failed have no value and count as moved", () => {
  expect(compare(claimed, new Map())).toEqual({
    bench: "held",
    figures: {
      "shop.all.ndcg20": { value: null, was: 0.33, tolerance: 0.004 },
      "shop.customers": { value: null, was: 1657, tolerance: 0 },
    },
    moved: ["shop.all.ndcg20", "shop.customers"],
  })
})

test("a figure that its bench no longer prints, or not as a number, counts as moved", () => {
  expect(movedOf({ bench: "shop", customers: 1657 })).toEqual(["shop.all.ndcg20"])
  expect(movedOf({ bench: "shop", all: { ndcg20: null }, customers: "1657" })).toEqual([
    "shop.all.ndcg20",
    "shop.customers",
  ])
})

test("the line of a bench is the last of its output that is JSON of a bench", () => {
  const output = 'a table\n{"bench":"quality","dataset":"a"}\n{"bench":"quality","dataset":"b"}\nmore\n'
  expect(lastLine(output)).toEqual({ bench: "quality", dataset: "b" })
  expect(lastLine("a table\n")).toBeUndefined()
})

test("all benches run unless some are named, which run in the order of the list", () => {
  expect(parseOptions([])).toEqual({ benches: benchNames, data: "../shared/data", list: false })
  expect(parseOptions(["--only", "decide, shop", "--data", "/data"])).toEqual({
    benches: ["shop", "decide"],
    data: "/data",
    list: false,
  })
  expect(parseOptions(["--list"])).toMatchObject({ list: true })
  expect(parseOptions(["--only", "shop", "--help"])).toBe("help")
})

test("quality stands for each of its data sets", () => {
  const data = benchNames.filter((name) => name.startsWith("quality-"))
  expect(data.length).toBeGreaterThan(1)
  expect(parseOptions(["--only", "quality"])).toMatchObject({ benches: data })
})

test("a bench or a flag that does not exist is refused, with the names there are", () => {
  expect(() => parseOptions(["--only", "shop,shops"])).toThrow(/--only names no bench shops; the benches are .*shop/)
  expect(() => parseOptions(["--only", ""])).toThrow("--only names no bench")
  expect(() => parseOptions(["--onyl", "shop"])).toThrow()
})

test("a bench without its data fails and says what is missing", async () => {
  const bench = { script: "uplift.ts", args: [], readsData: true }
  const result = await runBench(bench, { data: "/nowhere", scratch: tmpdir() })
  expect(result).toEqual({
    failure: "exit code 1: no trial to measure: /nowhere/hillstrom is not there; give its folder with --data PATH",
  })
  const lines = new Map(Object.entries("line" in result ? { uplift: result.line } : {}))
  const own = figures.filter((figure) => figure.bench === "uplift")
  expect(compare(own, lines).moved).toHaveLength(own.length)
})

test("a bench that throws fails with its message, not with the end of its stack", async () => {
  const bench = { script: "quality.ts", args: ["nowhere"], readsData: false }
  const { failure } = (await runBench(bench, { data: "", scratch: tmpdir() })) as { failure: string }
  expect(failure).toMatch(/^exit code 1: Error: nowhere is none of gowalla, /)
})
