import { logit } from "../../../src/core/measure/logistic-regression.ts"
import { crossFit } from "../cross-fit.ts"
import type { Candidate } from "./programme.ts"

const residualStep = 4

/**
 * Estimates E[p | features] and E[b | features] of every candidate, customer by customer. The expectation over the hidden parts has no closed
 * form, so it is estimated from the truth of all candidates, not of those once sent, by `crossFit` on the features, the models' predictions,
 * their squares and all their products, on two halves of the customers.
 */
export function expectedFromFeatures(
  candidates: readonly (readonly Candidate[])[],
): { keep: number; buysAnyway: number }[][] {
  const places = candidates.flatMap((own, customer) => own.map((candidate, n) => ({ candidate, customer, n })))
  const columns = places.map(({ candidate }) => columnsOf(candidate))
  const estimate = (truthOf: (candidate: Candidate) => number) =>
    crossFit(
      places.map(({ candidate, customer }, place) => ({
        customerId: candidate.userId,
        half: customer % 2,
        probability: Math.max(1e-6, truthOf(candidate)),
        columns: columns[place]!,
      })),
      residualStep,
    )
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
