import type { Forecasts } from "../../src/core/measure/calibration.ts"
import { betaFrom, type Calibrator, fitBeta, fitPlatt } from "../../src/core/measure/calibrator.ts"
import { fitLogistic, logit, predictLogistic, sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { treesLogit } from "../../src/core/proactive/boosted-trees.ts"
import type { Rebuy, SlopedCalibrator } from "../../src/core/proactive/rebuy.ts"
import { customerFeatures, pairWidth, writePairFeatures } from "../../src/core/proactive/rebuy-features.ts"
import { visitsOf } from "../../src/core/proactive/visits.ts"
import type { Random } from "../random.ts"
import type { RebuyParts } from "./fit.ts"
import { firstExamples } from "./fit-first.ts"
import type { Lesson } from "./lesson.ts"

/** Pairs of which the first-time part is calibrated at most. */
const mostFirst = 60_000

/** Maps from the parts to what came true in a lesson they were not learnt from; `null` where nobody ordered or nothing was bought again. */
export function calibrateParts(parts: RebuyParts, lesson: Lesson, random: Random): Rebuy["calibrators"] | null {
  const { orders, again } = forecastsOf(parts, lesson)
  if (!bothCame(orders) || !bothCame(again)) return null
  return { orders: fitSloped(orders), again: fitSloped(again), first: calibrateFirst(parts, lesson, random) }
}

/** What the parts say of every customer, and of every pair bought before, beside what came true. */
function forecastsOf({ orders, again }: RebuyParts, lesson: Lesson): { orders: Forecasts; again: Forecasts } {
  const { histories, outcomes, horizonMs, cut } = lesson
  const said: Record<"orders" | "again", { predicted: number[]; observed: number[] }> = {
    orders: { predicted: [], observed: [] },
    again: { predicted: [], observed: [] },
  }
  const row = new Float32Array(pairWidth)
  histories.forEach(({ items }, index) => {
    const visits = visitsOf({ items })
    if (visits.times.length === 0) return
    const customer = customerFeatures(visits, horizonMs, cut)
    const probability = sigmoid(treesLogit(orders, customer))
    said.orders.predicted.push(probability)
    said.orders.observed.push(outcomes[index]!.ordered ? 1 : 0)
    for (const itemId in items) {
      const item = items[itemId]!
      if (item.purchaseTimes.length === 0) continue
      writePairFeatures({ customer, visits, item, itemId }, lesson, cut, row, 0)
      said.again.predicted.push(probability * sigmoid(treesLogit(again, row)))
      said.again.observed.push(outcomes[index]!.bought.has(itemId) ? 1 : 0)
    }
  })
  return said
}

const bothCame = ({ observed }: Forecasts) =>
  Array.from(observed).some((y) => y === 1) && Array.from(observed).some((y) => y === 0)

/** A map of two slopes where the rarer outcome carries it; no steps, because a few certain pairs decide what is sent. */
function fitSloped(forecasts: Forecasts): SlopedCalibrator {
  const yes = Array.from(forecasts.observed).reduce((sum, y) => sum + y, 0)
  const rarer = Math.min(yes, forecasts.observed.length - yes)
  const fitted: Calibrator = rarer >= betaFrom ? fitBeta(forecasts) : fitPlatt(forecasts)
  if (fitted.method === "isotonic") throw new Error("a sloped calibrator has no steps")
  return fitted
}

/** Of P(buys for the first time | orders), among those who ordered. */
function calibrateFirst({ first }: RebuyParts, lesson: Lesson, random: Random): SlopedCalibrator {
  const { columns, target, weight } = firstExamples([lesson], mostFirst, random)
  const weights = { intercept: first[0]!, coefficients: first.subarray(1) }
  const said = Float64Array.from(target, (_, row) => logit(predictLogistic(weights, columns, row)))
  const { intercept, coefficients } = fitLogistic([said], target, { weights: weight, ridge: 1 })
  const a = coefficients[0]!
  return a > 0 ? { method: "platt", a, b: a, c: intercept } : { method: "platt", a: 1, b: 1, c: 0 }
}
