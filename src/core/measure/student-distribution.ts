import { continuedFraction } from "./continued-fraction.ts"
import { logGamma } from "./gamma-distribution.ts"
import { normalQuantile } from "./normal-distribution.ts"

/** Returns P(|T| > |t|) of Student's t distribution; `degreesOfFreedom` > 0, not necessarily whole. */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  return betaShareBelow(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
}

/** Returns the t with P(|T| > t) = `level`, in (0, 1), by Newton's method. */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  const v = degreesOfFreedom
  const z = normalQuantile(1 - level / 2)
  let t = z + (z ** 3 + z) / (4 * v)
  const logFront = logGamma((v + 1) / 2) - logGamma(v / 2) - 0.5 * Math.log(v * Math.PI)
  for (let step = 0; step < 100; step++) {
    const density = Math.exp(logFront - ((v + 1) / 2) * Math.log1p((t * t) / v))
    const change = (studentTwoSided(t, v) - level) / (2 * density)
    t = Math.max(t / 2, t + change)
    if (Math.abs(change) < 1e-12 * t) break
  }
  return t
}

const precision = 1e-15

/** Returns the regularised incomplete beta function I_x(a, b), by its continued fraction. */
function betaShareBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShareBelow(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  const numerator = (n: number) => {
    const m = Math.floor(n / 2)
    return n % 2 === 0
      ? (m * (b - m) * x) / ((a + n - 1) * (a + n))
      : (-(a + m) * (a + b + m) * x) / ((a + n - 1) * (a + n))
  }
  return front / continuedFraction(1, (n) => [numerator(n), 1], precision)
}
