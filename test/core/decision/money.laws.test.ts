import fc from "fast-check"
import { expect, test } from "vitest"
import { decide } from "../../../src/core/decision/decide.ts"
import { replay } from "../../../src/core/decision/replay.ts"
import { decisionTraceSchema } from "../../../src/core/decision/trace.ts"
import { type Policy, policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { offer, onTheHomePage, shopOf } from "../../support/situations.ts"

const bound = 1e9
const money = fc.double({ min: -bound, max: bound, noNaN: true })
const amount = fc.double({ min: 0, max: bound, noNaN: true })
const offers = fc.array(
  fc.record({
    kind: fc.constantFrom("promotion", "retention", "extra", "recommendation"),
    value: money,
    valueOrganic: money,
    cost: amount,
    itemId: fc.constantFrom("cream", undefined),
  }),
  { minLength: 1, maxLength: 8 },
)
const policies = fc.record({
  rewardBounds: fc.record({ low: amount.map((loss) => -loss || -1), high: amount.map((gain) => gain || 1) }),
  fatigue: fc.record({ perContact: fc.record({ web: amount }), windowHours: fc.constant(168) }),
  levers: fc.array(
    fc.record({
      id: fc.uuid(),
      owner: fc.constant("ann"),
      expiresAt: fc.constant("2099-01-01T00:00:00Z"),
      factor: fc.double({ min: 0.5, max: 2, noNaN: true }),
    }),
    { maxLength: 3 },
  ),
})

test("whatever money is within its bounds, every decision is in numbers and replays the same", () => {
  fc.assert(
    fc.property(offers, policies, fc.uuid(), amount, (drafts, draft, decisionId, price) => {
      const policy: Policy = { version: "law", placement: "home", ...policyDraftSchema.parse(draft) }
      const shop = shopOf(
        drafts.map((one, n) => offer({ ...one, id: `o${n}` } as Parameters<typeof offer>[0])),
        [{ id: "cream", title: "Cream", price, margin: price }],
      )
      const answer = decide({ ...onTheHomePage, decisionId }, shop, policy)
      const trace = decisionTraceSchema.parse(JSON.parse(JSON.stringify(answer.trace)))
      const sum = trace.options.reduce((total, { probability }) => total + probability, 0)
      expect(sum).toBeCloseTo(1, 9)
      expect(answer.selectionProbability).toBeGreaterThan(0)
      const logged = {
        id: decisionId,
        channel: "web" as const,
        policyVersion: "law",
        offerId: answer.chosen?.offer.id ?? null,
        kind: answer.kind,
        trace,
      }
      expect(replay(logged, policy, { network: null, incremental: null }).differences).toEqual([])
    }),
  )
})
