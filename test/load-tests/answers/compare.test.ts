import { expect, test } from "vitest"
import {
  type Asked,
  type Cost,
  compareRoutes,
  costOf,
  cpuIn,
  describeFault,
  idleOf,
  medianCost,
  noiseOfTwin,
} from "../../../load-tests/run/answers/compare.ts"
import type { CpuSample } from "../../../load-tests/run/answers/cpu.ts"

const cost = (cpuMs: number, p95Ms = 1): Cost => ({ cpuMs, serverMs: cpuMs, postgresMs: 0, p50Ms: 1, p95Ms, p99Ms: 1 })
const figures = {
  asked: 100,
  counted: 100,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  maxMs: 4,
  errors: 0,
  refused: 0,
  late: 0,
  dropped: 0,
}
const asked = (changed: Partial<typeof figures> = {}): Asked => ({
  figures: { ...figures, ...changed },
  window: { from: 1000, to: 3000 },
})
/** A server that is busy for 300 ms a second and a PostgreSQL for 100. */
const samples: CpuSample[] = [0, 1, 2, 3, 4].map((second) => ({
  at: second * 1000,
  bySide: { new: { server: second * 300, postgres: second * 100 } },
  k6: 0,
  machine: 0,
}))

test("an answer costs what was used in its window, less what is used unasked, by the number asked", () => {
  const idle = { server: 100, postgres: 50 }
  const answer = costOf(asked(), cpuIn(samples, "new", asked().window), idle)
  expect(answer).toMatchObject({ serverMs: (2 * (300 - 100)) / 100, postgresMs: (2 * (100 - 50)) / 100, p95Ms: 2 })
  expect(answer!.cpuMs).toBeCloseTo(4 + 1)
})

test("a window between samples is read by straight lines; one that reaches beyond them is not read", () => {
  expect(cpuIn(samples, "new", { from: 500, to: 1250 })!.server).toBeCloseTo(0.75 * 300)
  expect(cpuIn(samples, "new", { from: 3500, to: 4500 })).toBeNull()
})

test("what a side does unasked is the median of its windows, so that one busy window changes nothing", () => {
  const burst = samples.map((sample, second) => ({
    ...sample,
    bySide: { new: { server: second * 10 + (second >= 4 ? 900 : 0), postgres: 0 } },
  }))
  const windows = [0, 1000, 2000, 3000].map((from) => ({ from, to: from + 1000 }))
  expect(idleOf(burst, "new", windows).server).toBe(10)
})

test.each([
  [{ errors: 1 }, "1 of 100 answers were wrong"],
  [{ refused: 2 }, "2 of 100 requests were refused"],
  [{ late: 3 }, "3 of 100 answers came too late"],
  [{ counted: 0 }, "nothing was answered"],
])("a repeat with %j is left out and says why", (changed, reason) => {
  expect(describeFault(asked(changed).figures)).toBe(reason)
  expect(costOf(asked(changed), { server: 1, postgres: 1 }, { server: 0, postgres: 0 })).toBeNull()
})

test("two of a hundred answers may come late", () => {
  expect(describeFault(asked({ late: 2, counted: 98 }).figures)).toBeNull()
})

test("ratios are of pairs from the same repeat, so a machine that slows down for both changes nothing", () => {
  const ours = { recommend: [cost(2), cost(20), cost(3)] }
  const theirs = { recommend: [cost(1), cost(10), cost(1)] }
  const { recommend } = compareRoutes(ours, theirs)
  expect(recommend!.cpuRatio).toEqual({ median: 2, least: 2, most: 3 })
  expect(recommend!.cost!.cpuMs).toBe(3)
})

test("a repeat without a figure on either side has no ratio, and a route the other lacks has none at all", () => {
  const compared = compareRoutes(
    { recommend: [cost(2), null, cost(4)], rank: [cost(1)] },
    { recommend: [cost(2), cost(2), null] },
  )
  expect(compared.recommend!.cpuRatio).toEqual({ median: 1, least: 1, most: 1 })
  expect(compared.rank).toEqual({ cost: cost(1), cpuRatio: null, p95Ratio: null })
})

test("a route of which every repeat failed has no cost", () => {
  expect(medianCost([null, null])).toBeNull()
})

test("the noise is the largest distance of a route from its twin, above or below", () => {
  const ours = { recommend: [cost(1)], rank: [cost(9)] }
  const twin = { recommend: [cost(1)], rank: [cost(10)] }
  expect(noiseOfTwin(compareRoutes(ours, twin))).toBeCloseTo(1 - 9 / 10)
  expect(noiseOfTwin({})).toBeNull()
})
