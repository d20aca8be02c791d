import { expect, test } from "vitest"
import { resolvedSends, single } from "../../../models/bench/keep/sent-customers.ts"
import { createRandom } from "../../../models/random.ts"
import { createHaltMonitor, designHalt, haltScore, type SendOutcome } from "../../../src/core/plan/halt.ts"

const design = designHalt({ promise: 0.7 })

const watchAll = (outcomes: Iterable<SendOutcome>) => {
  const halt = createHaltMonitor(design)
  for (const outcome of outcomes) {
    halt.add(outcome)
    if (halt.halts()) break
  }
  return halt.halts()
}

const shareOfRuns = (runs: number, isSo: (run: number) => boolean) =>
  Array.from({ length: runs }, (_, run) => run).filter(isSo).length / runs

test("the score at which a watch halts is that whose false alarms are as rare as was asked", () => {
  const halt = createHaltMonitor(design, { ...createHaltMonitor(design).state(), highest: haltScore(design, 0.05) })
  expect(halt.pValue()).toBeCloseTo(0.05, 12)
})

test("a kept send takes evidence away and a returned one adds it, by their likelihood ratios", () => {
  const halt = createHaltMonitor(design)
  halt.add({ customerId: "a", kept: false })
  const odds = (0.7 / 0.3) * Math.exp(-design.shift)
  const fallen = odds / (1 + odds)
  expect(halt.score()).toBeCloseTo(Math.log((1 - fallen) / 0.3), 12)
  halt.add({ customerId: "b", kept: true })
  expect(halt.score()).toBeCloseTo(Math.log((1 - fallen) / 0.3) + Math.log(fallen / 0.7), 12)
})

test("a drift to .55 is found within 300 sends, after a good past as well as at once", () => {
  for (const before of [0, 1500]) {
    const found = shareOfRuns(100, (run) =>
      watchAll(resolvedSends(before + 300, (n) => (n < before ? 0.8 : 0.55), single, createRandom(run, before))),
    )
    expect(found, `after ${before}`).toBeGreaterThan(0.85)
  }
})

test("while the promise is kept few watches halt, also where a customer's sends end alike", () => {
  for (const clustering of [
    single,
    { sends: 5, correlation: 0.2, served: 200 },
    { sends: 3, correlation: 0.3, served: 1 },
  ]) {
    const halted = shareOfRuns(100, (run) => watchAll(resolvedSends(4000, () => 0.7, clustering, createRandom(run, 9))))
    expect(halted, JSON.stringify(clustering)).toBeLessThan(0.02 + 4 * Math.sqrt((0.05 * 0.95) / 100))
  }
})

test("a customer who returns everything is not taken for a promise that is broken", () => {
  const outcomes = Array.from({ length: 40 }, () => ({ customerId: "always", kept: false }))
  const many = Array.from({ length: 40 }, (_, n) => ({ customerId: String(n), kept: false }))
  expect(watchAll(outcomes)).toBe(false)
  expect(watchAll(many)).toBe(true)
})

test("a watch goes on from what it stored as if it had never stopped", () => {
  const outcomes = [...resolvedSends(300, () => 0.6, { sends: 3, correlation: 0.3, served: 20 }, createRandom(4))]
  const whole = createHaltMonitor(design)
  for (const outcome of outcomes) whole.add(outcome)
  const before = createHaltMonitor(design)
  for (const outcome of outcomes.slice(0, 140)) before.add(outcome)
  const after = createHaltMonitor(design, JSON.parse(JSON.stringify(before.state())))
  for (const outcome of outcomes.slice(140)) after.add(outcome)
  expect(after.state()).toEqual(whole.state())
})
