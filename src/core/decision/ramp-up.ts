import type { Policy } from "../policy/policy.ts"
import { dayMs } from "../time/durations.ts"

/** The most an offer may be chosen: rising from `startShare` at its `validFrom` to 1 after the policy's days; 1 for one that was always there. */
export function maxProbability(
  validFrom: string | undefined,
  { rampUp }: Pick<Policy, "rampUp">,
  nowMs: number,
): number {
  if (validFrom === undefined || rampUp.days === 0) return 1
  const age = (nowMs - Date.parse(validFrom)) / (rampUp.days * dayMs)
  return age >= 1 ? 1 : rampUp.startShare + (1 - rampUp.startShare) * Math.max(0, age)
}

/**
 * Probabilities held to the largest shares of new offers, but never below the floor; what they lose goes to the option of highest
 * score that is not new. Option 0 is `nothing`, which never is.
 */
export function ramped(
  probabilities: readonly number[],
  maxProbabilities: readonly number[],
  scores: readonly number[],
  floor: number,
): readonly number[] {
  const isNew = (option: number) => maxProbabilities[option]! < 1
  if (!maxProbabilities.some((_, option) => isNew(option))) return probabilities
  const limited = probabilities.map((probability, option) =>
    Math.min(probability, Math.max(floor, maxProbabilities[option]!)),
  )
  const fallbackOption = scores.reduce(
    (best, value, option) => (!isNew(option) && value > scores[best]! ? option : best),
    0,
  )
  limited[fallbackOption] =
    1 - limited.reduce((sum, probability, option) => (option === fallbackOption ? sum : sum + probability), 0)
  return limited
}
