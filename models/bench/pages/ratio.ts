import { meanWithError } from "../../../src/core/measure/mean.ts"

export interface Ratio {
  value: number
  /** Standard error by the delta method, the units being independent. */
  error: number
}

/** The ratio of two sums over the same units, with its standard error. */
export function ratioOf(above: readonly number[], below: readonly number[]): Ratio {
  const [a, b] = [meanWithError(above).mean, meanWithError(below).mean]
  if (b === 0) return { value: 0, error: 0 }
  const value = a / b
  return { value, error: meanWithError(above.map((one, n) => one - value * below[n]!)).error / b }
}

/** Sums values by their unit, in the order in which units first appear. */
export function sumByUnit(values: readonly number[], units: readonly number[]): number[] {
  const sums = new Map<number, number>()
  values.forEach((value, n) => {
    sums.set(units[n]!, (sums.get(units[n]!) ?? 0) + value)
  })
  return [...sums.values()]
}
