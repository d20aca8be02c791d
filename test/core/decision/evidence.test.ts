import fc from "fast-check"
import { expect, test } from "vitest"
import { decide } from "../../../src/core/decision/decide.ts"
import { costShareAfter, evidenceOf } from "../../../src/core/decision/evidence.ts"
import { defaultPolicy } from "../../../src/core/decision/policy.ts"
import { replay } from "../../../src/core/decision/replay.ts"
import { plainNetwork } from "../../support/propensity.ts"
import { offer, onTheHomePage, shopWith } from "../../support/situations.ts"

const network = { ...plainNetwork, examples: 10_000 }
const known = { offerId: "known", source: "network" } as const

test("exploring may cost all of the stated share at first, and a tenth of it after a hundred times as many examples", () => {
  expect(costShareAfter(0.02, 0)).toBe(0.02)
  expect(costShareAfter(0.02, 100)).toBe(0.02)
  expect(costShareAfter(0.02, 10_000)).toBeCloseTo(0.002, 12)
})

test("more examples never make exploring dearer", () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (one, other) => {
      const [few, many] = [Math.min(one, other), Math.max(one, other)]
      expect(costShareAfter(0.02, many)).toBeLessThanOrEqual(costShareAfter(0.02, few))
    }),
  )
})

test("examples count only where the network knows every offer of the draw", () => {
  expect(evidenceOf([known], network)).toBe(10_000)
  expect(evidenceOf([known, { ...known, offerId: "new" }], network)).toBe(0)
  expect(evidenceOf([known, { ...known, source: "rates" }], network)).toBe(0)
  expect(evidenceOf([], network)).toBe(0)
  expect(evidenceOf([known], null)).toBe(0)
})

test("a draw among known offers explores less, says by how many examples, and is replayed from its log", () => {
  const shop = shopWith(offer({ id: "known", kind: "promotion", value: 40 }))
  const ask = (examples: number) =>
    decide(onTheHomePage, { ...shop, models: { ...shop.models, network: { ...network, examples } } }, defaultPolicy)
  const [early, late] = [ask(0), ask(10_000)]
  expect(late.trace.evidence).toBe(10_000)
  expect(late.trace.gamma!).toBeGreaterThan(early.trace.gamma!)
  expect(late.trace.epsilon!).toBeCloseTo(early.trace.epsilon! / 10, 12)
  const logged = {
    id: onTheHomePage.decisionId,
    channel: "web" as const,
    policyVersion: defaultPolicy.version,
    offerId: late.chosen?.offer.id ?? null,
    kind: late.kind,
    trace: JSON.parse(JSON.stringify(late.trace)),
  }
  expect(replay(logged, defaultPolicy, { network, incremental: null })).toMatchObject({ identical: true })
  const pointers = replay(logged, defaultPolicy, { network: plainNetwork, incremental: null }).differences
  expect(pointers.map(({ pointer }) => pointer)).toContain("/evidence")
})
