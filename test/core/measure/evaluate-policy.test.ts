import { describe, expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import { meanOutcomes } from "../../../src/core/measure/cross-fit.ts"
import { evaluatePolicy, type LoggedDecision } from "../../../src/core/measure/evaluate-policy.ts"

const rates = { cheap: 0.1, dear: 0.3 }

/** Decisions of a coin between two offers, of which the dear one is accepted more often. */
function coinLog(count: number, seed = 1): LoggedDecision<"cheap" | "dear">[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, n) => {
    const chosen = random() < 0.5 ? 0 : 1
    const options = ["cheap", "dear"] as const
    return {
      customerId: `c${n}`,
      options,
      chosen,
      probabilities: [0.5, 0.5],
      reward: random() < rates[options[chosen]!] ? 1 : 0,
      segments: { channel: n % 2 === 0 ? "web" : "email" },
    }
  })
}

const fitOutcomes = meanOutcomes<"cheap" | "dear">((option) => option)

describe("a policy's evaluation", () => {
  test("finds the better policy better, by about as much as it is", () => {
    const { gain, verdict, candidate, refusals } = evaluatePolicy(coinLog(4000), () => [0, 1], { fitOutcomes })
    expect(refusals).toEqual([])
    expect(verdict).toBe("better")
    expect(Math.abs(gain.value - (0.3 - (0.1 + 0.3) / 2))).toBeLessThan(3 * gain.error)
    expect(Math.abs(candidate.doublyRobust.value - 0.3)).toBeLessThan(3 * candidate.doublyRobust.error)
  })

  test("finds the worse policy worse", () =>
    expect(evaluatePolicy(coinLog(4000), () => [1, 0], { fitOutcomes }).verdict).toBe("worse"))

  test("finds no gain in the logging policy itself", () => {
    const { gain, verdict } = evaluatePolicy(coinLog(4000), () => [0.5, 0.5], { fitOutcomes })
    expect(verdict).toBe("undecided")
    expect(Math.abs(gain.value)).toBeLessThan(3 * gain.error)
  })

  test("is refused where too few decisions speak for the policy", () => {
    const { verdict, refusals } = evaluatePolicy(coinLog(100), () => [0, 1], { fitOutcomes })
    expect(verdict).toBe("refused")
    expect(refusals.length).toBeGreaterThan(0)
  })

  test("is refused where the policy would choose what was not logged", () =>
    expect(evaluatePolicy(coinLog(4000), () => [0.4, 0.4], { fitOutcomes }).verdict).toBe("refused"))

  test("says who gains, segment by segment", () => {
    const log = coinLog(4000)
    const { segments } = evaluatePolicy(log, ({ segments }) => (segments.channel === "web" ? [0, 1] : [1, 0]), {
      fitOutcomes,
    })
    const gainOf = (name: string) => segments.find(({ segment }) => segment === name)!.gain
    expect(gainOf("web").low).toBeGreaterThan(0)
    expect(gainOf("email").high).toBeLessThan(0)
  })
})
