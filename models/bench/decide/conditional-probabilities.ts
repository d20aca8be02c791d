import { linearOutcomes } from "../../../src/core/measure/linear-outcomes.ts"
import { logit, sigmoid } from "../../../src/core/measure/logistic-regression.ts"
import type { DecisionPoint } from "./decision-shop.ts"

const mostRows = 8000

interface Row {
  customerId: string
  options: readonly [0]
  chosen: 0
  reward: number
  columns: Float64Array
}

/**
 * Estimates P(accept | offered) given the logged features alone, for each survivor of every point. The expectation over the hidden parts has no
 * closed form, so it is estimated offer by offer, by ridge regression of the true log odds (of every survivor, not of the chosen only) on the
 * features, their squares and the products of the survivor's own, then averaged over the residuals. Cross-fitted on two halves of the points.
 */
export function conditionalProbabilities(points: readonly DecisionPoint[]): Float64Array[] {
  const expected = points.map(({ survivors }) => new Float64Array(survivors.length))
  const offerIds = new Set(points.flatMap(({ survivors }) => survivors.map(({ id }) => id)))
  for (const offerId of offerIds) {
    const places = points.flatMap(({ survivors }, n) => {
      const option = survivors.findIndex(({ id }) => id === offerId)
      return option === -1 ? [] : [{ n, option }]
    })
    const varying = varyingColumns(places.map(({ n, option }) => features(points[n]!, option)))
    const rows = places.map(({ n, option }) => rowOf(points[n]!, option, varying))
    for (const half of [0, 1]) {
      const others = rows.filter((_, place) => places[place]!.n % 2 !== half)
      const step = Math.ceil(others.length / mostRows)
      const training = others.filter((_, place) => place % step === 0)
      const model = linearOutcomes<0, Row>(({ columns }) => columns)(training)
      const residuals = training.filter((_, n) => n % 8 === 0).map((row) => row.reward - model(row, 0))
      const residualQuantiles = quantiles(residuals, 41)
      places.forEach(({ n, option }, place) => {
        if (n % 2 !== half) return
        const center = model(rows[place]!, 0)
        expected[n]![option] =
          residualQuantiles.reduce((sum, r) => sum + sigmoid(center + r), 0) / residualQuantiles.length
      })
    }
  }
  return expected
}

const features = ({ contextFeatures, survivorFeatures }: DecisionPoint, option: number): number[] => [
  ...contextFeatures,
  ...survivorFeatures[option]!,
]

function rowOf(point: DecisionPoint, option: number, varying: readonly number[]): Row {
  const all = features(point, option)
  const own = varying.filter((column) => column >= point.contextFeatures.length).map((column) => all[column]!)
  const columns = varying.flatMap((column) => [all[column]!, all[column]! ** 2])
  own.forEach((value, i) => {
    for (let j = 0; j < i; j++) columns.push(value * own[j]!)
  })
  return {
    customerId: point.customerId,
    options: [0],
    chosen: 0,
    reward: logit(point.probability[option]!),
    columns: Float64Array.from(columns),
  }
}

function varyingColumns(rows: readonly (readonly number[])[]): number[] {
  const first = rows[0] ?? []
  return [...first.keys()].filter((column) => rows.some((row) => Math.abs(row[column]! - first[column]!) > 1e-6))
}

function quantiles(values: readonly number[], count: number): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return Array.from({ length: count }, (_, n) => sorted[Math.floor(((n + 0.5) / count) * sorted.length)] ?? 0)
}
