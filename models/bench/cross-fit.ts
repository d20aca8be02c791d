import { linearOutcomes } from "../../src/core/measure/linear-outcomes.ts"
import { logit, sigmoid } from "../../src/core/measure/logistic-regression.ts"

/** Most rows that one half is fitted on. */
const mostRows = 8000
const residualCount = 41

/** One place whose expected probability is sought. */
export interface CrossFitPlace {
  customerId: string
  /** Places of the other half are fitted on. */
  half: number
  /** True probability. */
  probability: number
  columns: Float64Array
}

interface Row {
  customerId: string
  options: readonly [0]
  chosen: 0
  reward: number
  columns: Float64Array
}

/**
 * Returns E[probability | columns] of each place, cross-fitted on two halves: by ridge regression of the true log odds, averaged over
 * quantiles of the residuals, because the expectation over hidden parts has no closed form. Every `residualStep`-th row gives a residual.
 */
export function crossFit(places: readonly CrossFitPlace[], residualStep: number): Float64Array {
  const expected = new Float64Array(places.length)
  const rows = places.map(
    ({ customerId, probability, columns }): Row => ({
      customerId,
      options: [0],
      chosen: 0,
      reward: logit(probability),
      columns,
    }),
  )
  for (const half of [0, 1]) {
    const others = rows.filter((_, n) => places[n]!.half !== half)
    const step = Math.ceil(others.length / mostRows)
    const training = others.filter((_, n) => n % step === 0)
    const model = linearOutcomes<0, Row>(({ columns }) => columns)(training)
    const residuals = quantiles(
      training.filter((_, n) => n % residualStep === 0).map((row) => row.reward - model(row, 0)),
      residualCount,
    )
    places.forEach((place, n) => {
      if (place.half !== half) return
      const center = model(rows[n]!, 0)
      expected[n] = residuals.reduce((sum, residual) => sum + sigmoid(center + residual), 0) / residuals.length
    })
  }
  return expected
}

function quantiles(values: readonly number[], count: number): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return Array.from({ length: count }, (_, n) => sorted[Math.floor(((n + 0.5) / count) * sorted.length)] ?? 0)
}
