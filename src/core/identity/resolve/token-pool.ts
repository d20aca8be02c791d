import { editDistance, jaroWinkler } from "./similarity.ts"

export type Nearness = 0 | 1 | 2 | 3

/** Values of one kind as whole numbers, with how many people have each. */
export class TokenPool {
  readonly texts: string[] = []
  /** Records, or people once they are known, that have the token. */
  counts: Float64Array = new Float64Array(0)
  /** Of all tokens, by which a frequency divides. */
  holders = 1
  /** Expected count of a token that one holder has (Good 1953), 0.02 to 1. */
  onceSeen = 1
  aliases: readonly (readonly [number, number])[] = []
  /** Values that so many different people have that they point at nobody. */
  hubs: ReadonlySet<number> = new Set()
  private readonly ids = new Map<string, number>()
  private readonly aliasOf = new Set<number>()
  private readonly cacheKeys = new Float64Array(1 << 16).fill(-1)
  private readonly cacheValues = new Uint8Array(1 << 16)
  private readonly signatures: number[] = []

  intern(text: string): number {
    const known = this.ids.get(text)
    if (known !== undefined) return known
    const id = this.texts.length
    this.texts.push(text)
    this.signatures.push(signatureOf(text))
    this.ids.set(text, id)
    return id
  }

  find(text: string): number | undefined {
    return this.ids.get(text)
  }

  /** Returns the chance that somebody has the token. */
  frequency(id: number): number {
    const count = this.counts[id] ?? 0
    return Math.min(1, (Math.max(count, 1) - 1 + this.onceSeen) / this.holders)
  }

  /** Takes how many holders have each token, of how many in all; `onceSeen` is estimated where it is not given. */
  setCounts(counts: Float64Array, holders: number, onceSeen = onceSeenOf(counts)): void {
    this.counts = counts
    this.holders = Math.max(1, holders)
    this.onceSeen = onceSeen
  }

  /** Lets tokens stand for each other, as nicknames do. */
  setAliases(pairs: readonly (readonly [number, number])[]): void {
    this.aliases = pairs
    this.aliasOf.clear()
    for (const [a, b] of pairs) this.aliasOf.add(pairKey(a, b))
    this.cacheKeys.fill(-1)
  }

  /** Returns 0 for different tokens, 1 for similar ones, 2 for near ones, 3 for aliases; the tokens differ. */
  nearness(a: number, b: number): Nearness {
    const key = pairKey(a, b)
    const slot = (Math.imul(a ^ (b * 0x9e3779b1), 0x85ebca6b) ^ Math.imul(b ^ (a * 0x9e3779b1), 0x85ebca6b)) >>> 16
    if (this.cacheKeys[slot] === key) return this.cacheValues[slot] as Nearness
    const nearness = this.aliasOf.has(key) ? 3 : this.compare(a, b)
    this.cacheKeys[slot] = key
    this.cacheValues[slot] = nearness
    return nearness
  }

  private compare(a: number, b: number): 0 | 1 | 2 {
    return bitCount(this.signatures[a]! ^ this.signatures[b]!) > mostLettersApart
      ? 0
      : nearnessOf(this.texts[a]!, this.texts[b]!)
  }
}

/** Count to expect of a token that one holder has: twice the tokens of two over those of one. */
function onceSeenOf(counts: Float64Array): number {
  let once = 0
  let twice = 0
  for (const count of counts) {
    if (count > 0 && count < 1.5) once++
    else if (count >= 1.5 && count < 2.5) twice++
  }
  return once === 0 ? 1 : Math.min(1, Math.max(0.02, (2 * twice) / once))
}

/** Letters that only one of two near words has. */
const mostLettersApart = 5

/** One bit for each letter that a text has, letters far apart in their alphabet sharing one. */
function signatureOf(text: string): number {
  let bits = 0
  for (let n = 0; n < text.length; n++) bits |= 1 << (text.charCodeAt(n) & 31)
  return bits
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

const pairKey = (a: number, b: number): number => (a < b ? a * 67_108_864 + b : b * 67_108_864 + a)

const isNumber = /^\d+$/

function nearnessOf(a: string, b: string): 0 | 1 | 2 {
  const shortest = Math.min(a.length, b.length)
  const longest = Math.max(a.length, b.length)
  if (shortest < 3 || longest > 2 * shortest) return 0
  if (isNumber.test(a) || isNumber.test(b)) return longest >= 5 && editDistance(a, b, 1) <= 1 ? 2 : 0
  const edits = editDistance(a, b, 3)
  if (edits <= 1 && longest >= 4) return 2
  const likeness = jaroWinkler(a, b)
  if (likeness >= 0.92 || (edits === 2 && longest >= 8)) return 2
  return (edits === 2 && longest >= 5) || likeness >= 0.86 || (edits === 3 && longest >= 8) ? 1 : 0
}
