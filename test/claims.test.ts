import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { nameOf } from "../models/bench/held/compare.ts"
import { benches, claims, figures } from "../models/bench/held/figures.ts"
import { contradictions } from "./support/claims.ts"

const byName = new Map(figures.map((figure) => [nameOf(figure), figure]))
const named = (...names: string[]) => names.map((name) => byName.get(name)!)

test("BENCHMARKS.md states every figure that bench:held reruns as the table has it", () => {
  expect(contradictions(readFileSync("BENCHMARKS.md", "utf8"), claims)).toEqual([])
})

test("README.md states the same figures", () => {
  const said = [
    {
      text: "it reaches NDCG@20 #, where popularity reaches # and a tuned ALS #.",
      figures: named("shop.all.served.ndcg20", "shop.all.popularity.ndcg20", "shop.implicit.all.ndcg20"),
    },
    {
      text: "Of # unasked sends in simulated shops # were kept",
      figures: named("keep.sends", "keep.keptShare"),
    },
  ]
  expect(contradictions(readFileSync("README.md", "utf8"), said)).toEqual([])
})

test("every figure has a name of its own, a bench that runs and a tolerance with its reason", () => {
  expect(byName.size).toBe(figures.length)
  for (const figure of figures) {
    expect(benches, nameOf(figure)).toHaveProperty([figure.bench])
    expect(figure.tolerance, nameOf(figure)).toBeGreaterThanOrEqual(0)
    expect(figure.reason, nameOf(figure)).not.toBe("")
  }
  expect(new Set(figures.map(({ bench }) => bench))).toEqual(new Set(Object.keys(benches)))
})

const planted = [
  { text: "| items | # |", figures: [{ bench: "shop", path: "items", was: 1234 }] },
  { text: "reaches # of it", figures: [{ bench: "shop", path: "share", was: 0.8249 }] },
]

test("a figure in bold, with thousands apart or on the next line is found", () => {
  expect(contradictions("| items | **1,234** |\nIt reaches\n0.82 of it.", planted)).toEqual([])
})

test("a figure that drifted from the table, a text that is gone and one that stands twice are named", () => {
  expect(contradictions("| items | 1,235 | reaches 0.83 of it", planted)).toEqual([
    "shop.items is 1234, the text says 1,235",
    "shop.share is 0.8249, the text says 0.83",
  ])
  expect(contradictions("reaches 0.82 of it", planted)).toEqual(['"| items | # |" stands there 0 times'])
  expect(contradictions("| items | 1234 |\n| items | 1234 | reaches 0.82 of it", planted)).toHaveLength(1)
})
