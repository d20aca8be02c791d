import { expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import { type CertifiedSend, certifyCutoff } from "../../../src/core/plan/certify-cutoff.ts"

/** Sends whose P(keep) is spread over [0.4, 0.95] and said `optimism` higher than it is. */
function sendsOf(count: number, seed: number, optimism = 0): CertifiedSend[] {
  const random = createRandom(seed, 0x637574)
  return Array.from({ length: count }, (_, n) => {
    const p = 0.4 + 0.55 * random()
    return { customerId: `c${n % Math.ceil(count / 2)}`, keep: p + optimism, kept: random() < p }
  })
}

test("of well-told sends the cut-off lets through more than those above the promise, because surer ones carry them", () => {
  const found = certifyCutoff(sendsOf(4000, 1), 0.7)!
  expect(found.cutoff).toBeLessThan(0.7)
  expect(found.lower).toBeGreaterThanOrEqual(0.7)
  expect(found.keptShare).toBeGreaterThan(found.lower)
})

test("where more is said than comes true, less is let through", () =>
  expect(certifyCutoff(sendsOf(4000, 1, 0.2), 0.7)!.cutoff - 0.2).toBeCloseTo(
    certifyCutoff(sendsOf(4000, 1), 0.7)!.cutoff,
    9,
  ))

test("nothing is let through when nothing is known, or nothing is good enough", () => {
  expect(certifyCutoff([], 0.7)).toBeNull()
  expect(certifyCutoff(sendsOf(20, 2), 0.7)).toBeNull()
  expect(certifyCutoff(sendsOf(4000, 2), 0.97)).toBeNull()
})

test("what passes is truly below the promise in few of many windows, although the best of many cut-offs is taken", () => {
  let broken = 0
  for (let run = 0; run < 200; run++) {
    const found = certifyCutoff(sendsOf(1200, 100 + run), 0.75)
    if (found !== null && (Math.max(0.4, found.cutoff) + 0.95) / 2 < 0.75) broken++
  }
  expect(broken / 200).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 200))
})
