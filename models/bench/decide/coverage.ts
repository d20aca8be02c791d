import type { Offer } from "../../../src/core/catalogue/offer.ts"
import { crossFit, type FitOutcomes, type LoggedChoice } from "../../../src/core/measure/cross-fit.ts"
import { linearOutcomes } from "../../../src/core/measure/linear-outcomes.ts"
import { doublyRobust } from "../../../src/core/measure/off-policy.ts"
import { createRandom, type Random, weighted } from "../../random.ts"
import type { DecisionPoint } from "./decision-shop.ts"

/** A decision point with the distributions of two logging policies and of the candidate, in the order of nothing and the survivors. */
export interface CoveragePoint {
  point: DecisionPoint
  /** P(accept | offered) as logged; 0 for nothing. */
  propensities: ArrayLike<number>
  logging: readonly [Float64Array, Float64Array]
  candidate: Float64Array
}

export interface Coverage {
  /** The share of 95 % doubly robust intervals that hold the candidate's true value. */
  covered: number
  /** Their mean width over that of intervals with the true outcome model. */
  widthRatio: number
}

const batch = 500

interface Option {
  offer: Offer | null
  propensity: number
}

interface Choice extends LoggedChoice<Option> {
  place: CoveragePoint
}

/**
 * Estimates the candidate's value from `logs` logs of `size` decisions, points drawn with replacement. A fixed log is by the first policy alone;
 * an adaptive one mixes both again after every 500 decisions, with a share of 0.8 for the one of higher value so far (by IPS).
 */
export function coverageOf(
  points: readonly CoveragePoint[],
  { logs, size, seed, adaptive }: { logs: number; size: number; seed: number; adaptive: boolean },
): Coverage {
  const random = createRandom(seed, 0x636f76)
  const truth = points.reduce((sum, { point, candidate }) => sum + trueValue(point, candidate), 0) / points.length
  const sums = { covered: 0, width: 0, trueWidth: 0 }
  for (let log = 0; log < logs; log++) {
    const { choices, weight } = makeLog(points, size, random, adaptive)
    const candidates = choices.map(({ place }) => [...place.candidate])
    const columns = { reward: Float64Array.from(choices, ({ reward }) => reward), weight }
    const estimate = (fit: FitOutcomes<Option, Choice>) => doublyRobust(columns, crossFit(choices, candidates, fit))
    const ours = estimate(linearOutcomes<Option, Choice>(({ options }, option) => columnsOf(options[option]!)))
    const best = estimate(
      () =>
        ({ place }, option) =>
          option === 0 ? 0 : place.point.expectedValue[option - 1]!,
    )
    if (ours.low <= truth && truth <= ours.high) sums.covered++
    sums.width += ours.high - ours.low
    sums.trueWidth += best.high - best.low
  }
  return { covered: sums.covered / logs, widthRatio: sums.width / sums.trueWidth }
}

const trueValue = ({ expectedValue }: DecisionPoint, shares: ArrayLike<number>) =>
  expectedValue.reduce((sum, value, option) => sum + shares[option + 1]! * value, 0)

function makeLog(points: readonly CoveragePoint[], size: number, random: Random, adaptive: boolean) {
  const choices: Choice[] = []
  const weight = new Float64Array(size)
  const gains = [0, 0]
  let second = adaptive ? 0.5 : 0
  for (let n = 0; n < size; n++) {
    if (adaptive && n > 0 && n % batch === 0) second = gains[1]! > gains[0]! ? 0.8 : 0.2
    const place = points[Math.floor(random() * points.length)]!
    const [a, b] = place.logging
    const probabilities = a.map((share, option) => (1 - second) * share + second * b[option]!)
    const chosen = weighted(random, probabilities, 1)
    const { survivors, probability } = place.point
    const offer = survivors[chosen - 1]
    const accepted = offer !== undefined && random() < probability[chosen - 1]!
    const reward = offer === undefined ? 0 : (accepted ? offer.value : 0) - offer.cost
    const options = [null, ...survivors].map((one, option) => ({
      offer: one,
      propensity: place.propensities[option] ?? 0,
    }))
    choices.push({ customerId: String(n), options, chosen, reward, place })
    weight[n] = place.candidate[chosen]! / probabilities[chosen]!
    for (const policy of [0, 1] as const)
      gains[policy]! += (place.logging[policy][chosen]! / probabilities[chosen]!) * reward
  }
  return { choices, weight }
}

/** Returns the columns that `evaluate-policy` gives its outcome model for an option. */
const columnsOf = ({ offer, propensity }: Option): number[] => [
  offer === null ? 1 : 0,
  offer?.value ?? 0,
  propensity,
  propensity * (offer?.value ?? 0),
  propensity * (offer?.value ?? 0) - (offer?.cost ?? 0),
  ...(["recommendation", "replenishment", "promotion", "retention"] as const).map((kind) =>
    offer?.kind === kind ? 1 : 0,
  ),
]
