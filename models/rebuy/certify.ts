import { chooseRebuys } from "../../src/core/repurchase/choose-rebuys.ts"
import type { Rebuy } from "../../src/core/repurchase/rebuy.ts"
import { candidatePairs } from "./candidate-pairs.ts"
import type { TrainingSnapshot } from "./training-snapshot.ts"

/** Result of choosing at the promise on a window that neither fit nor calibration saw. */
export interface RebuyCertificate {
  promise: number
  mostPerCustomer: number
  pairs: number
  customers: number
  expected: number
  realised: number
  /** Standard error of `realised`, clustered by customer. */
  standardError: number
}

export const defaultPromise = { promise: 0.7, mostPerCustomer: 5 }

/** Chooses on the certify window as one would choose today, and looks at what came of it. */
export function certify(
  rebuy: Rebuy,
  snapshot: TrainingSnapshot,
  { promise, mostPerCustomer } = defaultPromise,
): RebuyCertificate {
  const chosen = chooseRebuys(candidatePairs(rebuy, snapshot), { promise, mostPerCustomer })
  const expected = mean(chosen.map(({ probability }) => probability))
  const realised = mean(chosen.map(({ bought }) => (bought ? 1 : 0)))
  const residuals = new Map<string, number>()
  for (const { customerId, bought } of chosen) {
    residuals.set(customerId, (residuals.get(customerId) ?? 0) + (bought ? 1 : 0) - realised)
  }
  const squares = [...residuals.values()].reduce((sum, value) => sum + value ** 2, 0)
  const standardError = Math.sqrt(squares) / Math.max(1, chosen.length)
  return {
    promise,
    mostPerCustomer,
    pairs: chosen.length,
    customers: residuals.size,
    expected,
    realised,
    standardError,
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
