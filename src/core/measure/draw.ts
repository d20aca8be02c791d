/**
 * A number in [0, 1) that depends on the seed alone, so that a decision can be replayed: FNV-1a over the seed's characters,
 * once per half, each finished with MurmurHash3's mixer; 53 bits.
 */
export function uniformOf(seed: string): number {
  const high = mix(fnv1a(seed, 0x811c9dc5))
  const low = mix(fnv1a(seed, 0x9747b28c) ^ high)
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000
}

/** The option whose share of [0, 1) contains `uniform`; `probabilities` sum to one. */
export function draw(probabilities: readonly number[], uniform: number): number {
  let passed = 0
  for (const [option, probability] of probabilities.entries()) {
    passed += probability
    if (uniform < passed) return option
  }
  return probabilities.length - 1
}

function fnv1a(text: string, basis: number): number {
  let hash = basis
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

function mix(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return (twice ^ (twice >>> 16)) >>> 0
}
