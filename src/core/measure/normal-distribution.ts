import { gammaShareAbove } from "./gamma-distribution.ts"

/** Returns P(Z ≤ z) of the standard normal distribution, to about 14 digits in both tails. */
export function normalCdf(z: number): number {
  const tail = gammaShareAbove(0.5, (z * z) / 2) / 2
  return z < 0 ? tail : 1 - tail
}

/** Returns the density of the standard normal distribution. */
export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

const steps = 60

/** Returns the z with P(Z ≤ z) = `probability`, in (0, 1), by Newton's method from Hastings' formula (Abramowitz and Stegun 26.2.23). */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability)
  const t = Math.sqrt(-2 * Math.log(probability))
  let z = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
  for (let step = 0; step < steps; step++) {
    const change = (normalCdf(z) - probability) / normalDensity(z)
    z -= change
    if (Math.abs(change) < 1e-14 * Math.max(1, Math.abs(z))) break
  }
  return z
}
