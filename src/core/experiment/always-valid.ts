import type { Effect } from "./effect.ts"
import type { EffectReading } from "./fixed-horizon.ts"

export interface AlwaysValidOptions {
  /** Probability that the interval ever misses the truth, however often one looks. */
  level: number
  /** Customers at the planned end, where the interval is tightest; stated before the start. */
  plannedCustomers: number
}

/**
 * Reads an effect at any time: an asymptotic confidence sequence with a normal mixture, and the mixture test that belongs to it
 * (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021, equations 9, 155 and 161).
 */
export function readAlwaysValid({ estimate, error, count }: Effect, options: AlwaysValidOptions): EffectReading {
  const mixed = count * mixtureVariance(options)
  const width = error * boundary(mixed, options.level)
  const logEvidence = ((estimate / error) ** 2 * mixed) / (2 * (mixed + 1)) - Math.log1p(mixed) / 2
  return { low: estimate - width, high: estimate + width, pValue: Math.min(1, Math.exp(-logEvidence)) }
}

/** Returns the standard errors by which an always-valid interval reaches to each side at so many customers. */
export const alwaysValidMultiplier = (count: number, options: AlwaysValidOptions): number =>
  boundary(count * mixtureVariance(options), options.level)

/** ρ²: the variance of the mixture, in units of one customer's, that makes the interval tightest at the planned end. */
const mixtureVariance = ({ level, plannedCustomers }: AlwaysValidOptions) =>
  (-2 * Math.log(level) + Math.log(-2 * Math.log(level) + 1)) / plannedCustomers

const boundary = (mixed: number, level: number) =>
  Math.sqrt(((2 * (mixed + 1)) / mixed) * (Math.log1p(mixed) / 2 - Math.log(level)))
