import { normal, type Random } from "../../random.ts"

const logFactorials: number[] = [0]

function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next++) {
    logFactorials.push(logFactorials[next - 1]! + Math.log(next))
  }
  return logFactorials[n]!
}

/** One draw of the binomial distribution: gaps between successes, or transformed rejection (Hörmann 1993) where there are many. */
export function binomial(random: Random, n: number, p: number): number {
  if (n === 0 || p <= 0) return 0
  if (p > 0.5) return n - binomial(random, n, 1 - p)
  return n * p < 10 ? byGaps(random, n, p) : byRejection(random, n, p)
}

function byGaps(random: Random, n: number, p: number): number {
  const logFailure = Math.log1p(-p)
  let [successes, trials] = [0, 0]
  while (true) {
    trials += Math.floor(Math.log(1 - random()) / logFailure) + 1
    if (trials > n) return successes
    successes++
  }
}

function byRejection(random: Random, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * deviation
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const alpha = (2.83 + 5.1 / b) * deviation
  const mode = Math.floor((n + 1) * p)
  const logOdds = Math.log(p / (1 - p))
  const atMode = logFactorial(mode) + logFactorial(n - mode)
  while (true) {
    const u = random() - 0.5
    const v = random()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5)
    if (k < 0 || k > n) continue
    if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k
    const bound = atMode - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k
  }
}

/** Fills `counts` with one draw of the multinomial distribution of `n` over `shares`, which sum to one. */
export function multinomial(random: Random, n: number, shares: readonly number[], counts: Int32Array): void {
  let [rest, share] = [n, 1]
  for (let k = 0; k < shares.length - 1; k++) {
    counts[k] = rest === 0 ? 0 : binomial(random, rest, Math.min(1, shares[k]! / share))
    rest -= counts[k]!
    share -= shares[k]!
  }
  counts[shares.length - 1] = rest
}

/** One draw of exp(deviation · Z), Z standard normal. */
export const logNormal = (random: Random, deviation: number): number => Math.exp(deviation * normal(random))
