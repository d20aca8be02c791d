import { type Estimate, errorOfMean, estimateOf } from "./estimate.ts"

/** A randomised trial in columns: who was treated (0 or 1) and what came of it (0 or 1, or an amount). */
export interface Trial {
  treated: ArrayLike<number>
  outcome: ArrayLike<number>
}

/** Gain over treating nobody when the `customers[k]` of highest score are treated, in outcomes of treated customers. */
export interface QiniCurve {
  customers: Float64Array
  gain: Float64Array
}

/** Radcliffe's Qini curve: treated outcomes less control outcomes scaled to as many treated (Radcliffe 2007); customers of one score enter together. */
export function qiniCurve(score: ArrayLike<number>, { treated, outcome }: Trial): QiniCurve {
  const order = Array.from({ length: score.length }, (_, n) => n).sort((a, b) => score[b]! - score[a]!)
  const customers = [0]
  const gain = [0]
  let treatedCount = 0
  let treatedSum = 0
  let controlSum = 0
  order.forEach((n, place) => {
    if (treated[n]) {
      treatedCount++
      treatedSum += outcome[n]!
    } else {
      controlSum += outcome[n]!
    }
    if (place + 1 < order.length && score[order[place + 1]!] === score[n]) return
    const controlCount = place + 1 - treatedCount
    customers.push(place + 1)
    gain.push(treatedSum - (controlCount === 0 ? 0 : (controlSum * treatedCount) / controlCount))
  })
  return { customers: Float64Array.from(customers), gain: Float64Array.from(gain) }
}

/**
 * The area between a Qini curve and the straight line of random treatment, over that of a perfect order: treated with the outcome
 * first, then everybody without an outcome among the treated and with none among the controls, then controls with it. 0 is random, 1 perfect.
 */
export function normalisedQini(score: ArrayLike<number>, trial: Trial): number {
  const perfect = Array.from(trial.treated, (treated, n) => (treated ? trial.outcome[n]! : -trial.outcome[n]!))
  const area = (by: ArrayLike<number>) => areaOverRandom(qiniCurve(by, trial))
  return area(score) / area(perfect)
}

/** Mean outcome of the treated less that of the controls, among the `share` of customers of highest score. */
export function upliftAt(share: number, score: ArrayLike<number>, { treated, outcome }: Trial): number {
  const order = Array.from({ length: score.length }, (_, n) => n).sort((a, b) => score[b]! - score[a]!)
  const counts = [0, 0]
  const sums = [0, 0]
  for (const n of order.slice(0, Math.round(share * order.length))) {
    const arm = treated[n] ? 1 : 0
    counts[arm]!++
    sums[arm]! += outcome[n]!
  }
  return sums[1]! / counts[1]! - sums[0]! / counts[0]!
}

function areaOverRandom({ customers, gain }: QiniCurve): number {
  let area = 0
  for (let k = 1; k < customers.length; k++) {
    area += ((customers[k]! - customers[k - 1]!) * (gain[k]! + gain[k - 1]!)) / 2
  }
  return area - (customers.at(-1)! * gain.at(-1)!) / 2
}

/**
 * Measures how well predicted effects order true ones: the slope of the inverse-probability-weighted effect on the prediction, 1 where predictions
 * are right and 0 where they say nothing (Chernozhukov et al. 2018, best linear predictor). `treatedShare` is P(treated), one a row.
 */
export function effectSlope(
  predicted: ArrayLike<number>,
  { treated, outcome }: Trial,
  treatedShare: ArrayLike<number>,
  customers?: readonly string[],
): Estimate {
  const effect = Float64Array.from(treated, (arm, n) =>
    arm ? outcome[n]! / treatedShare[n]! : -outcome[n]! / (1 - treatedShare[n]!),
  )
  const centre = (values: ArrayLike<number>) => {
    const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
    return Float64Array.from(values, (value) => value - mean)
  }
  const x = centre(predicted)
  const y = centre(effect)
  const spread = x.reduce((sum, value) => sum + value * value, 0) / x.length
  const slope = x.reduce((sum, value, n) => sum + value * y[n]!, 0) / x.length / spread
  const influences = x.map((value, n) => (value * (y[n]! - slope * value)) / spread)
  return estimateOf(slope, errorOfMean(influences, customers))
}
