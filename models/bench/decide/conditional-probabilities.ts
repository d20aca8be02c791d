import { type CrossFitPlace, crossFit } from "../cross-fit.ts"
import type { DecisionPoint } from "./decision-shop.ts"

const residualStep = 8

/**
 * Estimates P(accept | offered) given the logged features alone, for each survivor of every point. The expectation over the hidden parts has no
 * closed form, so it is estimated offer by offer (of every survivor, not of the chosen only) by `crossFit` on the features, their squares and
 * the products of the survivor's own, on two halves of the points.
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
    const probabilities = crossFit(
      places.map(({ n, option }) => placeOf(points[n]!, option, { half: n % 2, varying })),
      residualStep,
    )
    places.forEach(({ n, option }, place) => {
      expected[n]![option] = probabilities[place]!
    })
  }
  return expected
}

const features = ({ contextFeatures, survivorFeatures }: DecisionPoint, option: number): number[] => [
  ...contextFeatures,
  ...survivorFeatures[option]!,
]

function placeOf(
  point: DecisionPoint,
  option: number,
  { half, varying }: { half: number; varying: readonly number[] },
): CrossFitPlace {
  const all = features(point, option)
  const own = varying.filter((column) => column >= point.contextFeatures.length).map((column) => all[column]!)
  const columns = varying.flatMap((column) => [all[column]!, all[column]! ** 2])
  own.forEach((value, i) => {
    for (let j = 0; j < i; j++) columns.push(value * own[j]!)
  })
  return {
    customerId: point.customerId,
    half,
    probability: point.probability[option]!,
    columns: Float64Array.from(columns),
  }
}

function varyingColumns(rows: readonly (readonly number[])[]): number[] {
  const first = rows[0] ?? []
  return [...first.keys()].filter((column) => rows.some((row) => Math.abs(row[column]! - first[column]!) > 1e-6))
}
