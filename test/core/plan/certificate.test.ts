import { expect, test } from "vitest"
import { resolvedSends, single } from "../../../models/bench/keep/sent-customers.ts"
import { createRandom } from "../../../models/random.ts"
import { createCertificate } from "../../../src/core/plan/certificate.ts"

test("nothing is certified before anything came back", () =>
  expect(createCertificate().certificate()).toMatchObject({ customers: 0, resolved: 0, lower: 0 }))

test("the bound is rarely ever above the truth, however often it is looked at, one send a customer or several that end alike", () => {
  for (const clustering of [
    single,
    { sends: 4, correlation: 0.3, served: 1 },
    { sends: 4, correlation: 0.3, served: 100 },
  ]) {
    let above = 0
    for (let run = 0; run < 60; run++) {
      const certificate = createCertificate()
      let n = 0
      for (const outcome of resolvedSends(800, () => 0.7, clustering, createRandom(run, 12))) {
        certificate.add(outcome)
        if (++n % 40 !== 0 || certificate.certificate().lower <= 0.7) continue
        above++
        break
      }
    }
    expect(above / 60, JSON.stringify(clustering)).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 60))
  }
})

test("with more sends the bound comes close to what is kept, and less close where customers' sends end alike", () => {
  const boundOf = (sends: number, clustering = single) => {
    const certificate = createCertificate()
    for (const outcome of resolvedSends(sends, () => 0.8, clustering, createRandom(3))) certificate.add(outcome)
    return certificate.certificate()
  }
  const [few, many] = [boundOf(200), boundOf(4000)]
  expect(many.lower).toBeGreaterThan(few.lower)
  expect(many.lower).toBeGreaterThan(0.75)
  expect(many.lower).toBeLessThan(many.keptShare)
  expect(boundOf(4000, { sends: 20, correlation: 0.5, served: 50 }).lower).toBeLessThan(many.lower)
})

test("a certificate goes on from what it stored as if it had never stopped", () => {
  const outcomes = [...resolvedSends(400, () => 0.75, { sends: 3, correlation: 0.2, served: 30 }, createRandom(8))]
  const whole = createCertificate()
  for (const outcome of outcomes) whole.add(outcome)
  const before = createCertificate()
  for (const outcome of outcomes.slice(0, 170)) before.add(outcome)
  const after = createCertificate(0.05, JSON.parse(JSON.stringify(before.state())))
  for (const outcome of outcomes.slice(170)) after.add(outcome)
  expect(after.certificate().lower).toBeCloseTo(whole.certificate().lower, 9)
})
