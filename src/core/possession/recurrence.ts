import { type CategoryTimes, elapsed } from "./renewal.ts"

/** One customer's purchases in a category: days between them, and the days since the last one that the customer was there. */
export interface PurchaseSequence {
  gaps: readonly number[]
  openDays: number
}

/** Times of a need as multiples of the usual one: customers differ in how long the same thing lasts them. */
export const timeFactors = [0.6, 1, 1.6] as const

/** Casual purchases per day are taken to be at least so many, so that a repeat is never certain to be a need's. */
const leastCasual = 1e-9

/** Log-likelihood ratios of a need of each time factor against none, and how many of the repeats such a need gave rise to. */
interface Evidence {
  lnRatio: number
  needEvents: number
}

/**
 * Returns the evidence of each time factor at a pace that multiplies all rates: a Weibull renewal process with a Poisson process beside it, against the latter
 * alone. Silence speaks against a need as purchases at its times speak for it.
 */
export function evidenceOf({ gaps, openDays }: PurchaseSequence, times: CategoryTimes, pace: number): Evidence[] {
  const { scaleDays, shape } = times
  const casual = Math.max(leastCasual, times.casualPerDay)
  return timeFactors.map((timeFactor) => {
    const scale = scaleDays * timeFactor
    let [lnRatio, needEvents] = [-pace * elapsed(openDays, scale, shape), 0]
    for (const gap of gaps) {
      const passed = elapsed(gap, scale, shape)
      const hazard = (shape * passed) / gap
      lnRatio += Math.log1p(hazard / casual) - pace * passed
      needEvents += hazard / (hazard + casual)
    }
    return { lnRatio, needEvents }
  })
}

/** Returns by time factor P(the customer has a need that recurs so | evidence), by Bayes' rule. */
export function recurring(
  evidence: readonly Pick<Evidence, "lnRatio">[],
  { share, timeFactorShares }: Pick<CategoryTimes, "share" | "timeFactorShares">,
): number[] {
  const lnOdds = evidence.map(({ lnRatio }, n) => Math.log(share * timeFactorShares[n]!) + lnRatio)
  const highest = Math.max(Math.log1p(-share), ...lnOdds)
  const odds = lnOdds.map((ln) => Math.exp(ln - highest))
  const total = odds.reduce((sum, one) => sum + one, Math.exp(Math.log1p(-share) - highest))
  return odds.map((one) => one / total)
}

/** Returns P(the customer has a need that recurs, and it returned `days` after it last did). */
export function returnedNeed(
  sequence: PurchaseSequence,
  times: CategoryTimes,
  { pace, days }: { pace: number; days: number },
): number {
  const needs = recurring(evidenceOf(sequence, times, pace), times)
  const returned = (timeFactor: number) =>
    1 - Math.exp(-pace * elapsed(days, times.scaleDays * timeFactor, times.shape))
  return needs.reduce((sum, need, n) => sum + need * returned(timeFactors[n]!), 0)
}

/** Returns how many repeats are expected of a customer of the common pace over a sequence, by P(need) of each time factor. */
export function expectedRepeats(
  { gaps, openDays }: PurchaseSequence,
  { scaleDays, shape, casualPerDay }: CategoryTimes,
  needs: readonly number[],
): number {
  let [passed, days] = [elapsed(openDays, scaleDays, shape), openDays]
  for (const gap of gaps) {
    passed += elapsed(gap, scaleDays, shape)
    days += gap
  }
  return needs.reduce((sum, need, n) => sum + need * passed * timeFactors[n]! ** -shape, casualPerDay * days)
}
