import { expect, test } from "vitest"
import { lastHeld } from "../../load-tests/run/breakpoint.ts"
import { memorySlope, type Sample, sharesBetween } from "../../load-tests/run/processes.ts"
import { recoverySeconds } from "../../load-tests/run/recovery.ts"
import { slo } from "../../load-tests/slo.ts"

const period = (p99: number, refused = 0, count = 100) => ({
  count,
  minMs: 1,
  maxMs: p99,
  quantilesMs: { "99": p99 },
  refused,
})

const sampleAt = (seconds: number, server: number, serverRssMB = 100): Sample => ({
  at: seconds * 1000,
  cpu: { server, postgres: server / 2, k6: 0, machine: 2 * server },
  serverRssMB,
})

test("the last rate that held comes before the first step that broke the budget, refused somebody or was not sent", () => {
  const ramp = { firstRate: 100, growth: 2, steps: 4 }
  const inBudget = slo.breakpoint.p99Ms
  const of = (periods: ReturnType<typeof period>[], dropped: Record<string, number> = {}) =>
    lastHeld({ figures: { periods, droppedByScenario: dropped } }, ramp)
  const well = period(inBudget)
  expect(of([well, well, period(inBudget + 1), well])).toEqual({ step: 1, rate: 100 * 2 })
  expect(of([well, well, period(1, 1), well])).toEqual({ step: 1, rate: 100 * 2 })
  expect(of([well, well, well, well], { step1: 200 / 100 + 1 })).toEqual({ step: 0, rate: 100 })
  expect(of([well, well, well, well])).toEqual({ step: 3, rate: 100 * 2 ** 3 })
  expect(of([period(0, 0, 0), well, well, well])).toBeNull()
})

test("a service is back with the first of two periods in a row in budget that refuse nobody", () => {
  const periods = [period(1), period(90), period(10, 4), period(10), period(90), period(10), period(10)]
  expect(recoverySeconds({ periods, periodSeconds: 1 }, 1, 25)).toBe(5 - 1)
  expect(recoverySeconds({ periods, periodSeconds: 1 }, 6, 25)).toBeNull()
})

test("memory that grows by a megabyte every half minute has a slope of two a minute, whatever came before", () => {
  const samples = Array.from({ length: 20 }, (_, n) => sampleAt(30 * n, 0, n < 4 ? 500 : n))
  expect(memorySlope(samples, 4 * 30_000)).toBeCloseTo(2, 9)
})

test("shares are processors kept busy between two moments, and the others' are what is left of the machine's", () => {
  const samples = [sampleAt(0, 0), sampleAt(10, 4), sampleAt(20, 9)]
  const shares = sharesBetween(samples, 10_000, 20_000)
  expect(shares.server).toBeCloseTo((9 - 4) / 10)
  expect(shares.postgres).toBeCloseTo((9 - 4) / 2 / 10)
  expect(shares.others).toBeCloseTo(((9 - 4) * (2 - 1 - 1 / 2)) / 10)
})
