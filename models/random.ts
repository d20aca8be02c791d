/** Uniform numbers in [0, 1); every draw moves it on. */
export type Random = () => number

const scramble = (value: number): number => {
  const a = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  const b = Math.imul(a ^ (a >>> 15), 0x735a2d97)
  return (b ^ (b >>> 15)) >>> 0
}

/** Mixes whole numbers into one of 32 bits; the same numbers always give the same one. */
export function hash32(...parts: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const part of parts) hash = scramble((Math.imul(hash, 31) + part) | 0)
  return hash
}

/** A generator with a period of about 2^127 (sfc32, Doty-Humphrey, PractRand), its stream named by whole numbers. */
export function createRandom(...stream: readonly number[]): Random {
  let a = hash32(1, ...stream) | 0
  let b = hash32(2, ...stream) | 0
  let c = hash32(3, ...stream) | 0
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4294967296
  }
  for (let round = 0; round < 12; round++) next()
  return next
}

const boxMuller = (u: number, v: number) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)

/** One draw of the standard normal distribution (Box and Muller 1958). */
export function normal(random: Random): number {
  const u = random()
  return boxMuller(u, random())
}

/** A standard normal number that belongs to these whole numbers: no state, the same for every asker. */
export function hashNormal(...parts: readonly number[]): number {
  const hash = hash32(...parts)
  return boxMuller(hash / 4294967296, scramble(hash ^ 0x5bd1e995) / 4294967296)
}

/** One draw of a gamma distribution with this shape and mean 1 (Marsaglia and Tsang 2000). */
export function gamma(random: Random, shape: number): number {
  if (shape < 1) return (gamma(random, shape + 1) * (shape + 1) * (1 - random()) ** (1 / shape)) / shape
  const d = shape - 1 / 3
  while (true) {
    const x = normal(random)
    const v = (1 + x / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / shape
  }
}

/** A whole number in [0, count). */
export const below = (random: Random, count: number): number => Math.floor(random() * count)

/** The whole numbers in [0, count) in an order drawn anew, each order as likely (Fisher and Yates). */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = below(random, last + 1)
    const kept = order[last]!
    order[last] = order[other]!
    order[other] = kept
  }
  return order
}

/** One of the values, each as likely; `values` is not empty. */
export const oneOf = <T>(random: Random, values: readonly T[]): T => values[below(random, values.length)]!

/** An index drawn in proportion to `weights` (not all 0), of which `total` is the sum. */
export function weighted(random: Random, weights: ArrayLike<number>, total: number): number {
  let rest = random() * total
  for (let index = 0; index < weights.length; index++) {
    rest -= weights[index]!
    if (rest < 0) return index
  }
  let last = weights.length - 1
  while (last > 0 && weights[last] === 0) last--
  return last
}
