import { fitLogistic, logit } from "./logistic-regression.ts"

/** Predictions of an event and whether it came, one value each; the arrays are as long. */
export interface Forecasts {
  predicted: ArrayLike<number>
  /** 0 or 1, or the share where several cases stand in one. */
  observed: ArrayLike<number>
}

const clipped = (probability: number) => Math.min(1 - 1e-15, Math.max(1e-15, probability))

/** Mean −ln of the probability given to what happened, in nats. */
export function logLoss({ predicted, observed }: Forecasts): number {
  let sum = 0
  for (let n = 0; n < predicted.length; n++) {
    const p = clipped(predicted[n]!)
    sum -= observed[n]! * Math.log(p) + (1 - observed[n]!) * Math.log(1 - p)
  }
  return sum / predicted.length
}

/** Returns the share of the log-loss gap between the base rate and the truth that a forecast closes. */
export const logLossGapClosed = (loss: { baseRate: number; forecast: number; truth: number }): number =>
  (loss.baseRate - loss.forecast) / (loss.baseRate - loss.truth)

export interface CalibrationBin {
  count: number
  meanPredicted: number
  meanObserved: number
}

/** Cases by ascending prediction in `bins` of as equal size as can be; cases of one prediction share their outcomes, so order does not matter. */
export function equalMassBins({ predicted, observed }: Forecasts, bins = 20): CalibrationBin[] {
  const order = Array.from({ length: predicted.length }, (_, n) => n).sort((a, b) => predicted[a]! - predicted[b]!)
  const shared = shareTies(order, predicted, observed)
  return Array.from({ length: Math.min(bins, order.length) }, (_, bin, parts = Math.min(bins, order.length)) => {
    const from = Math.floor((bin * order.length) / parts)
    const until = Math.floor(((bin + 1) * order.length) / parts)
    let sumPredicted = 0
    let sumObserved = 0
    for (let place = from; place < until; place++) {
      sumPredicted += predicted[order[place]!]!
      sumObserved += shared[place]!
    }
    const count = until - from
    return { count, meanPredicted: sumPredicted / count, meanObserved: sumObserved / count }
  })
}

/** Expected calibration error: Σ bin share · |mean observed − mean predicted| over equal-mass bins (Naeini et al. 2015). */
export function expectedCalibrationError(forecasts: Forecasts, bins = 20): number {
  const total = forecasts.predicted.length
  return equalMassBins(forecasts, bins).reduce(
    (sum, { count, meanPredicted, meanObserved }) => sum + (count / total) * Math.abs(meanObserved - meanPredicted),
    0,
  )
}

/** Cox's recalibration: logit P(observed) = intercept + slope · logit(predicted); 0 and 1 where calibrated (Cox 1958). */
export function calibrationLine({ predicted, observed }: Forecasts): { slope: number; intercept: number } {
  const { intercept, coefficients } = fitLogistic([Float64Array.from(predicted, logit)], observed)
  return { slope: coefficients[0]!, intercept }
}

function shareTies(order: readonly number[], predicted: ArrayLike<number>, observed: ArrayLike<number>): Float64Array {
  const shared = new Float64Array(order.length)
  let from = 0
  while (from < order.length) {
    let until = from
    let sum = 0
    while (until < order.length && predicted[order[until]!] === predicted[order[from]!])
      sum += observed[order[until++]!]!
    shared.fill(sum / (until - from), from, until)
    from = until
  }
  return shared
}
