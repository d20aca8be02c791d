import fc from "fast-check"
import { expect, test } from "vitest"
import { costFactorOf } from "../../../src/core/decision/cost-factor.ts"
import { decide } from "../../../src/core/decision/decide.ts"
import { replay } from "../../../src/core/decision/replay.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { plainNetwork } from "../../support/propensity.ts"
import { offer, onTheHomePage, shopWith } from "../../support/situations.ts"

const network = { ...plainNetwork, examples: 3000 }
const known = { offerId: "known", source: "network" } as const
const unknown = { ...known, offerId: "new" }
const factorAfter = (examples: number) => costFactorOf([known], { ...network, examples })

test("exploring may cost all of the stated share at first, and a tenth of it after a hundred times as many examples", () => {
  expect(factorAfter(0)).toBe(1)
  expect(factorAfter(30)).toBe(1)
  expect(factorAfter(3000)).toBeCloseTo(0.1, 12)
})

test("more examples never make exploring dearer", () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (one, other) => {
      expect(factorAfter(Math.max(one, other))).toBeLessThanOrEqual(factorAfter(Math.min(one, other)))
    }),
  )
})

test("what the network does not know counts whole", () => {
  expect(costFactorOf([unknown], network)).toBe(1)
  expect(costFactorOf([{ ...known, source: "rates" }], network)).toBe(1)
  expect(costFactorOf([known, unknown], network)).toBeCloseTo((0.1 + 1) / 2, 12)
  expect(costFactorOf([], network)).toBe(1)
  expect(costFactorOf([known], null)).toBe(1)
})

test("a draw among known offers explores less, says by how much, and is replayed from its log", () => {
  const shop = shopWith(offer({ id: "known", kind: "promotion", value: 40 }))
  const ask = (examples: number) =>
    decide(onTheHomePage, { ...shop, models: { ...shop.models, network: { ...network, examples } } }, defaultPolicy)
  const [early, late] = [ask(0), ask(3000)]
  expect(late.trace.costFactor).toBeCloseTo(0.1, 12)
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
  expect(pointers.map(({ pointer }) => pointer)).toContain("/costFactor")
})
