import { solvePositive } from "../measure/logistic-regression.ts"
import type { ArmReading } from "./arm-reading.ts"
import { addMoments, covarianceOf, type Moments } from "./moments.ts"

/** Groups of customers whose moments are kept apart, so that any half of them can be fitted and the other adjusted. */
export const adjustmentGroups = 32
/** Halves of the groups that are tried; the adjusted reading is the mean over them. */
const splits = 20
/** Fewest customers a covariate for a slope to be fitted. */
const customersACovariate = 10

/**
 * Takes covariates out of the first column (CUPED; Deng, Xu, Kohavi and Walker 2013): one slope for each of the other columns, fitted on
 * all arms together. The covariates must have been known before the arms began to differ.
 */
export function adjustByPooled(arms: readonly Moments[]): ArmReading[] {
  const pooled = poolOf(arms)
  const slopes = slopesOf(pooled)
  return arms.map((arm) => readingOf(arm, [residualsOf(arm, slopes, pooled)]))
}

/**
 * Takes covariates out with slopes that never saw the customers they adjust: `arms` have the moments of each of the 32 groups, and each
 * half of the groups is adjusted by what the other half teaches. The mean of 20 splits, orthogonal to each other (rows of a Hadamard
 * matrix), so that no chance split decides.
 */
export function adjustCrossFitted(arms: readonly (readonly Moments[])[]): ArmReading[] {
  const width = arms[0]![0]!.width
  const wholes = arms.map((groups) => addMoments(groups, width))
  const center = poolOf(wholes)
  const residuals = wholes.map((): Residuals[] => [])
  for (let split = 1; split <= splits; split++) {
    const halves = [0, 1].map((half) => arms.map((groups) => addMoments(inHalf(groups, split, half), width)))
    const slopes = halves.map((half) => slopesOf(poolOf(half)))
    arms.forEach((_, arm) => {
      const [first, second] = [0, 1].map((half) => residualsOf(halves[half]![arm]!, slopes[1 - half]!, center))
      residuals[arm]!.push({ sum: first!.sum + second!.sum, squares: first!.squares + second!.squares })
    })
  }
  return wholes.map((arm, n) => readingOf(arm, residuals[n]!))
}

/** Sum and sum of squares of what is left of the first column. */
interface Residuals {
  sum: number
  squares: number
}

const poolOf = (arms: readonly Moments[]) => addMoments(arms, arms[0]!.width)

const inHalf = (groups: readonly Moments[], split: number, half: number) =>
  groups.filter((_, group) => parity(group & split) === half)

function parity(bits: number): number {
  let odd = 0
  for (let rest = bits; rest > 0; rest >>= 1) odd ^= rest & 1
  return odd
}

/** Slopes of the first column on the others by least squares; 0 for a column that does not vary, and for all with too few customers. */
function slopesOf(moments: Moments): Float64Array {
  const covariates = moments.width - 1
  if (moments.count < customersACovariate * (covariates + 1)) return new Float64Array(covariates)
  const scale = Float64Array.from({ length: covariates }, (_, i) => {
    const variance = covarianceOf(moments, i + 1, i + 1)
    const mean = moments.sums[i + 1]! / moments.count
    return variance > 1e-12 * (mean * mean + 1e-300) ? 1 / Math.sqrt(variance) : 0
  })
  const square = new Float64Array(covariates * covariates)
  const right = new Float64Array(covariates)
  for (let i = 0; i < covariates; i++) {
    right[i] = covarianceOf(moments, 0, i + 1) * scale[i]!
    for (let j = 0; j < covariates; j++) {
      square[i * covariates + j] = covarianceOf(moments, i + 1, j + 1) * scale[i]! * scale[j]!
    }
    square[i * covariates + i] = 1 + ridge
  }
  return solvePositive(square, right).map((slope, i) => slope * scale[i]!)
}

/** Added to correlations of 1, so that columns that say the same do not cancel each other. */
const ridge = 1e-9

function residualsOf({ width, count, sums, products }: Moments, slopes: Float64Array, center: Moments): Residuals {
  const weights = [1, ...slopes.map((slope) => -slope)]
  let [sum, squares, shift] = [0, 0, 0]
  for (let i = 0; i < width; i++) {
    sum += weights[i]! * sums[i]!
    if (i > 0) shift -= (weights[i]! * center.sums[i]!) / center.count
    for (let j = 0; j < width; j++) squares += weights[i]! * weights[j]! * products[i * width + j]!
  }
  return { sum: sum + count * shift, squares: squares + 2 * shift * sum + count * shift ** 2 }
}

function readingOf({ count, sums }: Moments, residuals: readonly Residuals[]): ArmReading {
  const averageOf = (of: (one: Residuals) => number) =>
    residuals.reduce((sum, one) => sum + of(one), 0) / residuals.length
  return {
    count,
    mean: count === 0 ? 0 : averageOf(({ sum }) => sum / count),
    variance: count < 2 ? 0 : averageOf(({ sum, squares }) => (squares - sum ** 2 / count) / (count - 1)),
    unadjustedMean: count === 0 ? 0 : sums[0]! / count,
  }
}
