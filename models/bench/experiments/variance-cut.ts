import { readMean } from "../../../src/core/experiment/arm-reading.ts"
import { adjustCrossFitted, adjustmentGroups } from "../../../src/core/experiment/cuped.ts"
import { addMoments, type Moments, momentsOf } from "../../../src/core/experiment/moments.ts"
import { type Random, shuffled } from "../../random.ts"

/** Returns the share of the outcome's variance that covariates take out, with slopes that never saw the customers they adjust. */
export function varianceCut(outcome: Float64Array, covariates: readonly Float64Array[], random: Random): number {
  const groups = groupedMoments([outcome, ...covariates], random)
  const [adjusted] = adjustCrossFitted([groups])
  return 1 - adjusted!.variance / readMean(addMoments(groups, covariates.length + 1)).variance
}

/** Deals customers to the groups that slopes are cross-fitted on, at random and evenly; `columns` have a value each. */
export function groupedMoments(columns: readonly Float64Array[], random: Random): Moments[] {
  const order = shuffled(columns[0]!.length, random)
  return Array.from({ length: adjustmentGroups }, (_, group) =>
    momentsOf(rowsOf(columns, order, group), columns.length),
  )
}

function* rowsOf(columns: readonly Float64Array[], order: Int32Array, group: number): Generator<number[]> {
  for (let n = group; n < order.length; n += adjustmentGroups) yield columns.map((column) => column[order[n]!]!)
}

/** Returns values clipped at their own 99 % quantile. */
export function clippedAt99(values: readonly number[]): Float64Array {
  const most = quantile99(values)
  return Float64Array.from(values, (value) => Math.min(most, value))
}

/** Returns the value that 99 % do not exceed. */
export function quantile99(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0
}
