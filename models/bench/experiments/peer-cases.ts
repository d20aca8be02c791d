import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { readAlwaysValid } from "../../../src/core/experiment/always-valid.ts"
import { type ArmReading, readMean, readProportion, readRatio } from "../../../src/core/experiment/arm-reading.ts"
import { adjustByPooled } from "../../../src/core/experiment/cuped.ts"
import { effectOf } from "../../../src/core/experiment/effect.ts"
import { readFixedHorizon } from "../../../src/core/experiment/fixed-horizon.ts"
import type { Moments } from "../../../src/core/experiment/moments.ts"
import { posteriorOf } from "../../../src/core/experiment/posterior.ts"
import { testSampleRatio } from "../../../src/core/experiment/sample-ratio.ts"

interface Sums {
  n: number
  sum: number
  sum_squares: number
}

interface Arm extends Sums {
  numerator: Sums
  denominator: Sums
  product_sum: number
  post: Sums
  pre: Sums
  post_pre_sum_of_products: number
}

interface Case {
  id: number
  kind: "proportion" | "mean" | "ratio" | "cuped"
  control: Arm
  treatment: Arm
  difference: "relative" | "absolute"
  alpha: number
  two_sided: { expected: number; ci: [number, number]; stddev: number; p_value: number }
  sequential: { expected: number; ci: [number, number]; p_value: number; tuning_parameter: number }
  bayesian: {
    expected: number
    ci: [number, number]
    stddev: number
    prior: { mean: number; variance: number; proper: boolean }
    chance_to_win: number
    risk: [number, number]
  }
}

interface Cases {
  cases: Case[]
  sample_ratio: { users: number[]; weights: number[]; p_value: number }[]
}

/** Returns the largest |ours − theirs| ÷ max(1, |theirs|) over answers of gbstats to each kind of comparison. */
export function compareWithPeer(data: string): { cases: number; largestByKind: Record<string, number> } {
  const path = join(data, "experiment-cases", "cases.json.gz")
  const { cases, sample_ratio } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Cases
  const largestByKind: Record<string, number> = {}
  const compare = (kind: string, ours: readonly number[], theirs: readonly number[]) => {
    for (const [n, value] of theirs.entries()) {
      const difference = Math.abs(ours[n]! - value) / Math.max(1, Math.abs(value))
      largestByKind[kind] = Math.max(largestByKind[kind] ?? 0, Number.isNaN(difference) ? Infinity : difference)
    }
  }
  for (const one of cases) {
    const [control, treatment] = readArms(one)
    const effect = effectOf(control, treatment, one.difference)!
    const { two_sided: fixed, sequential, bayesian, alpha: level } = one
    const atEnd = readFixedHorizon(effect, level)
    compare(
      `${one.kind} fixed`,
      [effect.estimate, effect.error, atEnd.low, atEnd.high, atEnd.pValue],
      [fixed.expected, fixed.stddev, ...fixed.ci, fixed.p_value],
    )
    const always = readAlwaysValid(effect, { level, plannedCustomers: sequential.tuning_parameter })
    compare(
      `${one.kind} sequential`,
      [effect.estimate, always.low, always.high, always.pValue],
      [sequential.expected, ...sequential.ci, sequential.p_value],
    )
    const posterior = posteriorOf(effect, level, priorOf(one, control))
    compare(
      `${one.kind} Bayesian`,
      [
        posterior.mean,
        posterior.error,
        posterior.low,
        posterior.high,
        posterior.probabilityHigher,
        posterior.expectedLoss.control,
        posterior.expectedLoss.treatment,
      ],
      [bayesian.expected, bayesian.stddev, ...bayesian.ci, bayesian.chance_to_win, ...bayesian.risk],
    )
  }
  for (const { users, weights, p_value } of sample_ratio) {
    compare("sample ratio", [testSampleRatio(users, weights).pValue], [p_value])
  }
  return { cases: cases.length + sample_ratio.length, largestByKind }
}

/** Their priors are relative effects: an absolute one is that times the control's mean. */
function priorOf({ difference, bayesian: { prior } }: Case, { unadjustedMean }: ArmReading) {
  if (!prior.proper) return undefined
  const scale = difference === "relative" ? 1 : Math.abs(unadjustedMean)
  return { mean: prior.mean * scale, variance: prior.variance * scale ** 2 }
}

function readArms({ kind, control, treatment }: Case): [ArmReading, ArmReading] {
  const each = (read: (arm: Arm) => ArmReading): [ArmReading, ArmReading] => [read(control), read(treatment)]
  if (kind === "proportion") return each(({ n, sum }) => readProportion({ count: n, sum }))
  if (kind === "mean") return each(({ n, sum, sum_squares }) => readMean(moments(n, [sum], [sum_squares])))
  if (kind === "ratio") {
    return each((arm) => readRatio(pair(arm.n, arm.numerator, arm.denominator, arm.product_sum)))
  }
  const of = (arm: Arm) => pair(arm.n, arm.post, arm.pre, arm.post_pre_sum_of_products)
  return adjustByPooled([of(control), of(treatment)]) as [ArmReading, ArmReading]
}

const pair = (n: number, a: Sums, b: Sums, product: number) =>
  moments(n, [a.sum, b.sum], [a.sum_squares, product, product, b.sum_squares])

const moments = (count: number, sums: number[], products: number[]): Moments => ({
  width: sums.length,
  count,
  sums: Float64Array.from(sums),
  products: Float64Array.from(products),
})
