import fc from "fast-check"
import { expect, test } from "vitest"
import { decide } from "../../../src/core/decision/decide.ts"
import { replay } from "../../../src/core/decision/replay.ts"
import { runnerUpOf } from "../../../src/core/decision/runner-up.ts"
import { scoreOf } from "../../../src/core/decision/score.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { anyOffers, offer, onTheHomePage, shopWith } from "../../support/situations.ts"

const noModels = { network: null, incremental: null }
const loggedOf = (answer: ReturnType<typeof decide>, id = onTheHomePage.decisionId) => ({
  id,
  channel: "web" as const,
  policyVersion: defaultPolicy.version,
  offerId: answer.chosen?.offer.id ?? null,
  kind: answer.kind,
  trace: JSON.parse(JSON.stringify(answer.trace)),
})

test("every decision comes out of its log again, whatever the offers and the attempt", () => {
  fc.assert(
    fc.property(anyOffers(), fc.uuid(), fc.nat(3), (offers, decisionId, attempt) => {
      const answer = decide({ ...onTheHomePage, decisionId, attempt }, shopWith(...offers), defaultPolicy)
      const again = replay(loggedOf(answer, decisionId), defaultPolicy, noModels)
      expect(again).toMatchObject({ identical: true, differences: [] })
      expect(again.replayed.selectionProbability).toBe(answer.selectionProbability)
    }),
  )
})

test("a log that was changed is told apart, and where", () => {
  const answer = decide(onTheHomePage, shopWith(offer({ id: "a" }), offer({ id: "b", value: 30 })), defaultPolicy)
  const logged = loggedOf(answer)
  logged.trace.options[1].value += 1
  const pointers = replay(logged, defaultPolicy, noModels).differences.map(({ pointer }) => pointer)
  expect(pointers).toContain("/options/1/score")
})

test("a draw that is repeated leaves out what was refused, and after three there is nothing", () => {
  const offers = Array.from({ length: 5 }, (_, n) => offer({ id: `o${n}`, value: 40 + n }))
  const refusal = (key: string) => ({ key, stage: "contact", rule: "cap", reason: "too many" }) as const
  const second = decide({ ...onTheHomePage, attempt: 1, refused: [refusal("o4")] }, shopWith(...offers), defaultPolicy)
  expect(second.trace.options.map(({ offerId }) => offerId)).not.toContain("o4")
  expect(second.trace).toMatchObject({ attempt: 1, refused: [{ key: "o4", rule: "cap" }] })
  const last = decide({ ...onTheHomePage, attempt: 4 }, shopWith(...offers), defaultPolicy)
  expect(last).toMatchObject({ kind: "nothing", selectionProbability: 1 })
})

test("the runner-up says what alone would have made it worth as much", () => {
  fc.assert(
    fc.property(anyOffers(8), fc.uuid(), (offers, decisionId) => {
      const { trace } = decide({ ...onTheHomePage, decisionId }, shopWith(...offers), defaultPolicy)
      const runnerUp = runnerUpOf(trace)
      if (runnerUp === null) return
      const option = trace.options.find(({ offerId }) => offerId === runnerUp.offerId)!
      for (const { term, to } of runnerUp.requiredChanges) {
        const changed = scoreOf({ ...option, propensity: option.propensity ?? 0, [term]: to })
        expect(changed).toBeCloseTo(option.score + runnerUp.scoreGap, 6)
      }
      expect(runnerUp.drawRange.to - runnerUp.drawRange.from).toBeCloseTo(option.probability, 9)
    }),
  )
})
