import { linearOutcomes } from "../../../src/core/measure/linear-outcomes.ts"
import { logit, sigmoid } from "../../../src/core/measure/logistic-regression.ts"
import type { Candidate } from "./programme.ts"

const mostRows = 8000

interface Row {
  customerId: string
  options: readonly [0]
  chosen: 0
  reward: number
  columns: Float64Array
}

/**
 * Estimates E[p | features] and E[b | features] of every candidate, customer by customer. The expectation over the hidden parts has no closed
 * form, so it is estimated from the truth: by ridge regression of the true log odds of all candidates, not of those once sent, on the features,
 * the models' predictions, their squares and all their products, then averaged over the residuals. Cross-fitted on two halves of the customers.
 */
export function expectedFromFeatures(
  candidates: readonly (readonly Candidate[])[],
): { keep: number; buysAnyway: number }[][] {
  const places = candidates.flatMap((own, customer) => own.map((candidate, n) => ({ candidate, customer, n })))
  const columns = places.map(({ candidate }) => columnsOf(candidate))
  const estimate = (truthOf: (candidate: Candidate) => number) => {
    const expected = new Float64Array(places.length)
    const rows = places.map(
      ({ candidate }, place): Row => ({
        customerId: candidate.userId,
        options: [0],
        chosen: 0,
        reward: logit(Math.max(1e-6, truthOf(candidate))),
        columns: columns[place]!,
      }),
    )
    for (const half of [0, 1]) {
      const others = rows.filter((_, place) => places[place]!.customer % 2 !== half)
      const step = Math.ceil(others.length / mostRows)
      const training = others.filter((_, place) => place % step === 0)
      const model = linearOutcomes<0, Row>((row) => row.columns)(training)
      const residuals = quantiles(
        training.filter((_, n) => n % 4 === 0).map((row) => row.reward - model(row, 0)),
        41,
      )
      places.forEach(({ customer }, place) => {
        if (customer % 2 !== half) return
        const center = model(rows[place]!, 0)
        expected[place] = residuals.reduce((sum, residual) => sum + sigmoid(center + residual), 0) / residuals.length
      })
    }
    return expected
  }
  const keep = estimate(({ trueKeep }) => trueKeep)
  const organic = estimate(({ trueBuysAnyway }) => trueBuysAnyway)
  const both = candidates.map((own) => own.map(() => ({ keep: 0, buysAnyway: 0 })))
  places.forEach(({ customer, n }, place) => {
    both[customer]![n] = { keep: keep[place]!, buysAnyway: organic[place]! }
  })
  return both
}

function columnsOf({ features, keep, buysAnyway }: Candidate): Float64Array {
  const own = [...features, logit(keep), logit(buysAnyway)]
  const columns = [...own]
  own.forEach((a, i) => {
    for (let j = 0; j <= i; j++) columns.push(a * own[j]!)
  })
  return Float64Array.from(columns)
}

function quantiles(values: readonly number[], count: number): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return Array.from({ length: count }, (_, n) => sorted[Math.floor(((n + 0.5) / count) * sorted.length)] ?? 0)
}
