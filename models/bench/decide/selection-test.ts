import { solvePositive } from "../../../src/core/measure/logistic-regression.ts"
import type { Drawn } from "./run-product.ts"

/**
 * Returns the p-value of the logged probabilities: that of Σ(O − π) over decisions, by offer, against its true covariance
 * Σ(diag π − ππᵀ); χ² with one degree of freedom fewer than offers and nothing.
 */
export function selectionPValue(drawn: readonly Pick<Drawn, "point" | "probabilities" | "chosen">[]): number {
  const places = new Map<string, number>()
  for (const { point } of drawn) for (const { id } of point.survivors) if (!places.has(id)) places.set(id, places.size)
  const size = places.size
  const sums = new Float64Array(size)
  const covariance = new Float64Array(size * size)
  for (const { point, probabilities, chosen } of drawn) {
    const at = point.survivors.map(({ id }) => places.get(id)!)
    at.forEach((place, n) => {
      const p = probabilities[n + 1]!
      sums[place]! += (chosen === n + 1 ? 1 : 0) - p
      covariance[place * size + place]! += p
      at.forEach((other, m) => {
        covariance[place * size + other]! -= p * probabilities[m + 1]!
      })
    })
  }
  const solved = solvePositive(covariance.slice(), sums.slice())
  const statistic = solved.reduce((total, value, n) => total + value * sums[n]!, 0)
  return upperTail(statistic, size)
}

/** P(χ² with `freedom` degrees > x): by the upper incomplete gamma function's series (Press et al. 2007, §6.2). */
export function upperTail(x: number, freedom: number): number {
  const a = freedom / 2
  const z = x / 2
  let term = 1 / a
  let sum = term
  for (let n = 1; n < 10_000 && term > sum * 1e-14; n++) {
    term *= z / (a + n)
    sum += term
  }
  return Math.max(0, 1 - sum * Math.exp(-z + a * Math.log(z) - logGamma(a)))
}

/** ln Γ at half-integers and integers, from Γ(1) = 1, Γ(½) = √π. */
function logGamma(a: number): number {
  let result = a % 1 === 0 ? 0 : Math.log(Math.PI) / 2
  for (let n = a % 1 === 0 ? 1 : 0.5; n < a; n++) result += Math.log(n)
  return result
}
