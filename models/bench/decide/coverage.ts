import type { Offer } from "../../../src/core/catalogue/offer.ts"
import { crossFit, type FitOutcomes, type LoggedChoice } from "../../../src/core/measure/cross-fit.ts"
import { linearOutcomes } from "../../../src/core/measure/linear-outcomes.ts"
import { doublyRobust } from "../../../src/core/measure/off-policy.ts"
import { createRandom, type Random, weighted } from "../../random.ts"
import type { Moment } from "./decision-shop.ts"

/** A moment as an evaluation sees it: two policies that could have logged it and the candidate, in the order of nothing and the survivors. */
export interface CoverageMoment {
  moment: Moment
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
  place: CoverageMoment
}

/**
 * Values the candidate from `logs` logs of `size` decisions, moments being drawn with replacement. The first logging policy makes all of a
 * fixed log; an adaptive one mixes both anew after every 500 decisions, four fifths of it that which brought more so far (by IPS).
 */
export function coverageOf(
  moments: readonly CoverageMoment[],
  { logs, size, seed, adaptive }: { logs: number; size: number; seed: number; adaptive: boolean },
): Coverage {
  const random = createRandom(seed, 0x636f76)
  const truth = moments.reduce((sum, { moment, candidate }) => sum + trueValue(moment, candidate), 0) / moments.length
  const found = { covered: 0, width: 0, trueWidth: 0 }
  for (let log = 0; log < logs; log++) {
    const { choices, weight } = makeLog(moments, size, random, adaptive)
    const candidates = choices.map(({ place }) => [...place.candidate])
    const columns = { reward: Float64Array.from(choices, ({ reward }) => reward), weight }
    const estimate = (fit: FitOutcomes<Option, Choice>) => doublyRobust(columns, crossFit(choices, candidates, fit))
    const ours = estimate(linearOutcomes<Option, Choice>(({ options }, option) => columnsOf(options[option]!)))
    const best = estimate(
      () =>
        ({ place }, option) =>
          option === 0 ? 0 : place.moment.worth[option - 1]!,
    )
    if (ours.low <= truth && truth <= ours.high) found.covered++
    found.width += ours.high - ours.low
    found.trueWidth += best.high - best.low
  }
  return { covered: found.covered / logs, widthRatio: found.width / found.trueWidth }
}

const trueValue = ({ worth }: Moment, shares: ArrayLike<number>) =>
  worth.reduce((sum, value, option) => sum + shares[option + 1]! * value, 0)

function makeLog(moments: readonly CoverageMoment[], size: number, random: Random, adaptive: boolean) {
  const choices: Choice[] = []
  const weight = new Float64Array(size)
  const gains = [0, 0]
  let second = adaptive ? 0.5 : 0
  for (let n = 0; n < size; n++) {
    if (adaptive && n > 0 && n % batch === 0) second = gains[1]! > gains[0]! ? 0.8 : 0.2
    const place = moments[Math.floor(random() * moments.length)]!
    const [a, b] = place.logging
    const probabilities = a.map((share, option) => (1 - second) * share + second * b[option]!)
    const chosen = weighted(random, probabilities, 1)
    const { survivors, probability } = place.moment
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

/** As `evaluate-policy` tells its outcome model of an option. */
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
