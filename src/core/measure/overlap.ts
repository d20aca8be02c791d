import { clusteredMean, type Estimate } from "./estimate.ts"

/** Overlap between logged decisions and another policy. */
export interface Overlap {
  decisions: number
  customers: number
  /** Decisions of the candidate policy itself with as much information: (Σ w)² / Σ w² (Kish 1965). */
  effectiveSampleSize: number
  maxWeight: number
  /** Of all weight, the share on the heaviest hundredth of the decisions. */
  topShare: number
  /** 1 where the logged probabilities are true and cover all the candidate does. */
  meanWeight: Estimate
  /** Of the candidate policy's choices, the share that the logging policy could not have made. */
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
      `the log tells as much as ${Math.floor(effectiveSampleSize)} decisions of this policy would, ${needed.effectiveSampleSize} are needed`,
    )
  }
  if (customers < needed.customers)
    reasons.push(`${customers} customers were decided for, ${needed.customers} are needed`)
  if (topShare > needed.topShare) {
    reasons.push(
      `a hundredth of the decisions carries ${percent(topShare)} of the weight, ${percent(needed.topShare)} is the most`,
    )
  }
  if (unsupported > needed.unsupported) {
    reasons.push(
      `${percent(unsupported)} of what the policy would choose could not have been logged, ${percent(needed.unsupported)} is the most`,
    )
  }
  if (Math.abs(meanWeight.value - 1) > Math.max(0.02, 4 * meanWeight.error)) {
    reasons.push(
      `the mean weight is ${meanWeight.value.toFixed(3)}, not 1: the logged probabilities are not those of the log`,
    )
  }
  return reasons
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
