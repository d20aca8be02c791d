import {
  calibrationLine,
  expectedCalibrationError,
  logLoss,
  logLossGapClosed,
} from "../../../src/core/measure/calibration.ts"
import type { Drawn } from "./run-product.ts"

export interface Calibration {
  eceToBase: number
  slope: number
  /** Share of the log-loss gap closed to what the features can tell, 0 to 1. */
  gapClosed: number
  /** Share of the log-loss gap closed to the truth, hidden parts included, 0 to 1. */
  gapClosedOfAll: number
}

/**
 * Measures the calibration of the offers that were made: each forecast beside its true probability, which stands for the outcomes of
 * infinitely many such decisions, so that the 20 bins have no sampling error. `conditional` is P(accept | features) of each survivor, one row a decision.
 */
export function calibrationOf(drawn: readonly Drawn[], conditional: readonly Float64Array[]): Calibration {
  const made = drawn.flatMap(({ point, propensities, chosen }, n) =>
    chosen === 0
      ? []
      : [
          {
            predicted: propensities[chosen]!,
            conditional: conditional[n]![chosen - 1]!,
            truth: point.probability[chosen - 1]!,
          },
        ],
  )
  const observed = Float64Array.from(made, ({ truth }) => truth)
  const predicted = Float64Array.from(made, ({ predicted }) => predicted)
  const base = observed.reduce((sum, value) => sum + value, 0) / observed.length
  const lossOf = (forecast: ArrayLike<number>) => logLoss({ predicted: forecast, observed })
  const losses = { baseRate: lossOf(observed.map(() => base)), forecast: lossOf(predicted) }
  return {
    eceToBase: expectedCalibrationError({ predicted, observed }) / base,
    slope: calibrationLine({ predicted, observed }).slope,
    gapClosed: logLossGapClosed({ ...losses, truth: lossOf(made.map(({ conditional }) => conditional)) }),
    gapClosedOfAll: logLossGapClosed({ ...losses, truth: lossOf(observed) }),
  }
}
