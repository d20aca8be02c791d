import { clusteredMean, type Estimate } from "./estimate.ts"

/** Overlap between logged decisions and another policy. */
export interface Overlap {
  decisions: number
  customers: number
  /** Decisions of the candidate policy itself with as much information: (Σ w)² / Σ w² (Kish 1965). */
  effectiveSampleSize: number
  maxWeight: number
  /** Share of all weight on the heaviest hundredth of the decisions. */
  topShare: number
  /** 1 where the logged probabilities are true and cover all the candidate does. */
  meanWeight: Estimate
  /** Share of the candidate policy's choices that the logging policy could not have made. */
  unsupported: number
}

/** Diagnoses weights; `unsupported` is the candidate's probability of what the log could not choose, one value a decision. */
export function overlapOf(
  { weight, customer }: { weight: Float64Array; customer?: readonly string[] | undefined },
  unsupported: Float64Array,
): Overlap {
  const total = sum(weight)
  const squares = weight.reduce((running, value) => running + value * value, 0)
  const heaviest = weight.slice().sort().reverse()
  return {
    decisions: weight.length,
    customers: customer === undefined ? weight.length : new Set(customer).size,
    effectiveSampleSize: squares === 0 ? 0 : total ** 2 / squares,
    maxWeight: heaviest[0] ?? 0,
    topShare: total === 0 ? 0 : sum(heaviest.subarray(0, Math.ceil(weight.length / 100))) / total,
    meanWeight: clusteredMean(weight, customer),
    unsupported: unsupported.length === 0 ? 0 : sum(unsupported) / unsupported.length,
  }
}

/** Support required for a verdict. */
export const supportNeeded = { effectiveSampleSize: 400, customers: 200, topShare: 0.5, unsupported: 0.01 }

/** Every reason why these decisions cannot support a verdict; empty when they can. */
export function missingSupport(overlap: Overlap, needed = supportNeeded): string[] {
  const { effectiveSampleSize, customers, topShare, meanWeight, unsupported } = overlap
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const reasons: string[] = []
  if (effectiveSampleSize < needed.effectiveSampleSize) {
    reasons.push(
      `the effective sample size is ${Math.floor(effectiveSampleSize)} decisions, ${needed.effectiveSampleSize} are needed`,
    )
  }
  if (customers < needed.customers)
    reasons.push(`the decisions concern ${customers} customers, ${needed.customers} are needed`)
  if (topShare > needed.topShare) {
    reasons.push(
      `the heaviest hundredth of the decisions carries ${percent(topShare)} of the weight, at most ${percent(needed.topShare)} is allowed`,
    )
  }
  if (unsupported > needed.unsupported) {
    reasons.push(
      `the logging policy could not have made ${percent(unsupported)} of this policy's choices, at most ${percent(needed.unsupported)} is allowed`,
    )
  }
  if (Math.abs(meanWeight.value - 1) > Math.max(0.02, 4 * meanWeight.error)) {
    reasons.push(
      `the mean weight is ${meanWeight.value.toFixed(3)}, not 1: the logged probabilities do not match the logged choices`,
    )
  }
  return reasons
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
