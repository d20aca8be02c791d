import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import {
  calibrationLine,
  equalMassBins,
  expectedCalibrationError,
  logLoss,
  logLossGapClosed,
} from "../../../src/core/measure/calibration.ts"
import {
  betaFrom,
  calibrate,
  fitBeta,
  fitCalibrator,
  fitPlatt,
  isotonicFrom,
} from "../../../src/core/measure/calibrator.ts"
import { applyIsotonic, fitIsotonic } from "../../../src/core/measure/isotonic.ts"
import { fitLogistic, logit, sigmoid } from "../../../src/core/measure/logistic-regression.ts"

/** Scores whose true probability is `truth(score)`, drawn with a seed. */
function world(count: number, truth: (score: number) => number) {
  const random = createRandom(count)
  const predicted = Array.from({ length: count }, () => 0.02 + 0.96 * random())
  return { predicted, observed: predicted.map((score) => (random() < truth(score) ? 1 : 0)) }
}

describe("measures of calibration", () => {
  test("log-loss is the mean surprise in nats", () =>
    expect(logLoss({ predicted: [0.5, 0.9], observed: [1, 0] })).toBeCloseTo((-Math.log(0.5) - Math.log(1 - 0.9)) / 2))

  test("the share of the gap closed is 0 for the base rate and 1 for the truth", () =>
    expect(logLossGapClosed({ baseRate: 0.6, forecast: 0.45, truth: 0.4 })).toBeCloseTo(0.15 / 0.2))

  test("the calibration error weighs each bin's miss by its size", () => {
    const forecasts = { predicted: [0.1, 0.1, 0.8, 0.8], observed: [0, 1, 1, 1] }
    expect(expectedCalibrationError(forecasts, 2)).toBeCloseTo(0.5 * Math.abs(0.5 - 0.1) + 0.5 * Math.abs(1 - 0.8))
  })

  test("equal predictions share their outcomes, so the order of cases makes no difference", () => {
    const one = equalMassBins({ predicted: [0.3, 0.3, 0.3, 0.3], observed: [1, 1, 0, 0] }, 2)
    expect(one.map(({ meanObserved }) => meanObserved)).toEqual([0.5, 0.5])
  })

  test("the bins hold every case once", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 90 }),
        (predicted) => {
          const bins = equalMassBins({ predicted, observed: predicted.map(() => 1) }, 20)
          expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(predicted.length)
        },
      ),
    ))

  test("forecasts that are twice as sure as they may be have a slope of one half", () => {
    const { predicted, observed } = world(20_000, (score) => sigmoid(logit(score) / 2 + 0.3))
    const { slope, intercept } = calibrationLine({ predicted, observed })
    expect(slope).toBeCloseTo(0.5, 1)
    expect(intercept).toBeCloseTo(0.3, 1)
  })
})

describe("logistic regression", () => {
  test("of an intercept alone is the logit of the mean", () =>
    expect(fitLogistic([], [1, 1, 1, 0]).intercept).toBeCloseTo(Math.log(3)))

  test("of one yes-or-no column is the log odds ratio", () => {
    const column = [1, 1, 1, 0, 0, 0, 0]
    const targets = [1, 1, 0, 1, 0, 0, 0]
    const { intercept, coefficients } = fitLogistic([column], targets)
    expect(intercept).toBeCloseTo(Math.log(1 / 3))
    expect(coefficients[0]).toBeCloseTo(Math.log(2) - Math.log(1 / 3))
  })

  test("counts a weight of two as two rows", () => {
    const twice = fitLogistic([[1, 1, 0, 0, 1]], [1, 0, 1, 0, 1])
    const weighted = fitLogistic([[1, 1, 0, 0]], [1, 0, 1, 0], { weights: [2, 1, 1, 1] })
    expect(weighted.intercept).toBeCloseTo(twice.intercept)
    expect(weighted.coefficients[0]).toBeCloseTo(twice.coefficients[0]!)
  })
})

describe("isotonic regression", () => {
  test("pools neighbours that fall", () => {
    const { at, value } = fitIsotonic([1, 2, 3, 4], [1, 3, 2, 4])
    expect([...at]).toEqual([1, (2 + 3) / 2, 4])
    expect([...value]).toEqual([1, (3 + 2) / 2, 4])
  })

  test("weighs what it pools", () => {
    const { value } = fitIsotonic([1, 2], [1, 0], [3, 1])
    expect([...value]).toEqual([3 / 4])
  })

  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 60,
  })

  test("never falls and stays within what was seen", () =>
    fc.assert(
      fc.property(points, (pairs) => {
        const fit = fitIsotonic(
          pairs.map(([at]) => at),
          pairs.map(([, value]) => value),
        )
        const values = Array.from({ length: 32 }, (_, place) => applyIsotonic(fit, place))
        values.slice(1).forEach((value, n) => {
          expect(value).toBeGreaterThanOrEqual(values[n]!)
        })
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
        expect(Math.max(...values)).toBeLessThanOrEqual(1)
      }),
    ))
})

describe("calibrators", () => {
  test("beta recovers a map that is not a logistic line", () => {
    const truth = (s: number) => sigmoid(1.5 * Math.log(s) - 0.5 * Math.log(1 - s) + 0.2)
    const calibrator = fitBeta(world(20_000, truth))
    for (const score of [0.1, 0.3, 0.5, 0.7, 0.9])
      expect(Math.abs(calibrate(calibrator, score) - truth(score))).toBeLessThan(0.03)
  })

  test("a score that orders nothing, or the wrong way, becomes the base rate", () => {
    const calibrator = fitPlatt({ predicted: [0.1, 0.2, 0.8, 0.9], observed: [1, 1, 0, 0] })
    expect(calibrate(calibrator, 0.1)).toBe(calibrate(calibrator, 0.9))
    expect(calibrate(calibrator, 0.1)).toBeCloseTo(0.5)
  })

  /** Outcomes alternate at two rates, with a step that only isotonic regression can follow; `rarer` of them are 1. */
  const stepped = (rarer: number) => {
    const ones = { low: Math.round(rarer / 6), high: rarer - Math.round(rarer / 6) }
    const half = rarer * 2
    const predicted = Array.from({ length: 2 * half }, (_, n) => 0.01 + (0.98 * n) / (2 * half))
    const every = (place: number, count: number) =>
      Math.floor(((place + 1) * count) / half) - Math.floor((place * count) / half)
    const observed = predicted.map((_, n) => (n < half ? every(n, ones.low) : every(n - half, ones.high)))
    return { predicted, observed }
  }

  test("follow a step only where the rarer outcome is frequent enough to show it", () => {
    expect(fitCalibrator(stepped(isotonicFrom)).method).toBe("isotonic")
    expect(fitCalibrator(stepped(isotonicFrom - 1)).method).not.toBe("isotonic")
    expect(fitCalibrator(stepped(betaFrom - 1)).method).toBe("platt")
  })

  test("stay simple where the simple map is the truth", () =>
    expect(fitCalibrator(world(20_000, (score) => score)).method).not.toBe("isotonic"))

  test("never reverse an order", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (seed) => {
        const { predicted, observed } = world(100 + seed, (score) => score ** 2)
        for (const calibratorOf of [fitPlatt, fitBeta, fitCalibrator]) {
          const calibrator = calibratorOf({ predicted, observed })
          const values = [0.01, 0.2, 0.4, 0.6, 0.8, 0.99].map((score) => calibrate(calibrator, score))
          expect(values).toEqual([...values].sort((a, b) => a - b))
        }
      }),
    ))
})
