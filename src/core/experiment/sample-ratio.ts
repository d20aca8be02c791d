import { chiSquaredShareAbove, logGamma } from "../measure/gamma-distribution.ts"

export interface SampleRatio {
  /** Of Pearson's chi-squared test: for one look at the end. */
  pValue: number
  /** Of a mixture test: valid however often one looks. */
  alwaysValidPValue: number
  /** ln of how much more likely the mixture makes the counts than the shares do. */
  logEvidence: number
}

/** Always-valid p-value below which the assignment is taken to be broken, and no effect is read. */
export const sampleRatioLevel = 0.01

/** Prior customers of the mixtures: from a coarse fault that shows at once to a fine one that needs a hundred thousand customers. */
const concentrations = [100, 1_000, 10_000]

/**
 * Tests whether arms have the customers that their shares say: the multinomial against the mean of Dirichlet mixtures around the shares
 * (Lindon and Malek 2022). Under the shares that ratio is a martingale from 1 on, so its inverse is a p-value at every look (Ville 1939).
 * `shares` are positive and need not sum to one.
 */
export function testSampleRatio(counts: readonly number[], shares: readonly number[]): SampleRatio {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const whole = shares.reduce((sum, share) => sum + share, 0)
  if (total === 0 || counts.length < 2) return { pValue: 1, alwaysValidPValue: 1, logEvidence: 0 }
  const expected = shares.map((share) => (share / whole) * total)
  const squares = counts.reduce((sum, count, arm) => sum + (count - expected[arm]!) ** 2 / expected[arm]!, 0)
  const logRatios = concentrations.map((concentration) =>
    logMixtureRatio(
      counts,
      shares.map((share) => share / whole),
      concentration,
    ),
  )
  const most = Math.max(...logRatios)
  const mixed = most + Math.log(logRatios.reduce((sum, one) => sum + Math.exp(one - most), 0) / logRatios.length)
  return {
    pValue: chiSquaredShareAbove(squares, counts.length - 1),
    alwaysValidPValue: Math.min(1, Math.exp(-mixed)),
    logEvidence: mixed,
  }
}

/** ln of Dirichlet-multinomial ÷ multinomial probability. */
function logMixtureRatio(counts: readonly number[], shares: readonly number[], concentration: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce(
    (sum, count, arm) => {
      const prior = concentration * shares[arm]!
      return sum + logGamma(prior + count) - logGamma(prior) - count * Math.log(shares[arm]!)
    },
    logGamma(concentration) - logGamma(concentration + total),
  )
}
