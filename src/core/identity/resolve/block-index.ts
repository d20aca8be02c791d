import { type AddKey, keyFamilies } from "./block-keys.ts"
import type { PreparedRecord } from "./prepared-record.ts"

/** Records that share a key, block by block. */
export interface BlockIndex {
  /** Positions of records, block after block. */
  records: Int32Array
  starts: Int32Array
  /** Blocks of each record, record after record. */
  blocks: Int32Array
  blockStarts: Int32Array
}

/** Largest block that is compared, per family of keys. */
export type BlockCaps = readonly number[]

const recordBits = 2 ** 21

/** Returns a 32-bit hash of a text (FNV-1a with a final mix). */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** Sorted keys of all records, one array a family: hash · 2^21 + position. */
export function collectKeys(
  records: readonly PreparedRecord[],
  keysOf: (record: PreparedRecord, add: AddKey) => void,
): Float64Array[] {
  const collected = keyFamilies.map(() => new NumberList())
  let position = 0
  const add: AddKey = (family, key) => collected[family]!.push(hashText(key) * recordBits + position)
  for (const record of records) {
    keysOf(record, add)
    position++
  }
  return collected.map((list) => unique(list.toArray().sort()))
}

class NumberList {
  private values = new Float64Array(1024)
  private length = 0

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Float64Array(this.length * 2)
      longer.set(this.values)
      this.values = longer
    }
    this.values[this.length++] = value
  }

  toArray(): Float64Array {
    return this.values.slice(0, this.length)
  }
}

function unique(sorted: Float64Array): Float64Array {
  let kept = 0
  for (let n = 0; n < sorted.length; n++) if (n === 0 || sorted[n] !== sorted[n - 1]) sorted[kept++] = sorted[n]!
  return sorted.slice(0, kept)
}

/** Calls back for each block of a family: the range of its keys. */
function eachBlock(keys: Float64Array, visit: (start: number, end: number) => void): void {
  let start = 0
  for (let n = 1; n <= keys.length; n++) {
    if (n < keys.length && Math.floor(keys[n]! / recordBits) === Math.floor(keys[start]! / recordBits)) continue
    if (n - start > 1) visit(start, n)
    start = n
  }
}

/** Returns the blocks of two and more records within the caps. */
export function indexBlocks(keys: readonly Float64Array[], caps: BlockCaps, count: number): BlockIndex {
  let [blocks, entries] = [0, 0]
  const kept = (family: number, visit: (start: number, end: number) => void) =>
    eachBlock(keys[family]!, (start, end) => {
      if (end - start <= caps[family]!) visit(start, end)
    })
  const perRecord = new Int32Array(count + 1)
  for (let family = 0; family < keys.length; family++) {
    kept(family, (start, end) => {
      blocks++
      entries += end - start
      for (let n = start; n < end; n++) perRecord[keys[family]![n]! % recordBits]!++
    })
  }
  const index = {
    records: new Int32Array(entries),
    starts: new Int32Array(blocks + 1),
    blocks: new Int32Array(entries),
    blockStarts: new Int32Array(count + 1),
  }
  for (let n = 0; n < count; n++) index.blockStarts[n + 1] = index.blockStarts[n]! + perRecord[n]!
  const next = index.blockStarts.slice()
  let [block, entry] = [0, 0]
  for (let family = 0; family < keys.length; family++) {
    kept(family, (start, end) => {
      for (let n = start; n < end; n++) {
        const record = keys[family]![n]! % recordBits
        index.records[entry++] = record
        index.blocks[next[record]!++] = block
      }
      index.starts[++block] = entry
    })
  }
  return index
}

/** Calls back once for each pair of records that share a block, the lower position first. */
export function eachCandidatePair(index: BlockIndex, visit: (a: number, b: number) => void): void {
  const count = index.blockStarts.length - 1
  const seenBy = new Int32Array(count).fill(-1)
  for (let a = 0; a < count; a++) {
    for (let n = index.blockStarts[a]!; n < index.blockStarts[a + 1]!; n++) {
      const block = index.blocks[n]!
      for (let m = index.starts[block]!; m < index.starts[block + 1]!; m++) {
        const b = index.records[m]!
        if (b <= a || seenBy[b] === a) continue
        seenBy[b] = a
        visit(a, b)
      }
    }
  }
}

/** Families whose keys alone nearly say who it is: they may have larger blocks. */
const strongFamilies = 3
const strongCap = 100

/** Returns the largest caps at which blocks hold at most `pairBudget` pairs, pairs of several blocks counted in each. */
export function chooseCaps(keys: readonly Float64Array[], pairBudget: number): BlockCaps {
  const sizes = keys.map((family) => {
    const found: number[] = []
    eachBlock(family, (start, end) => found.push(end - start))
    return found
  })
  const pairsAt = (cap: number) => {
    let pairs = 0
    for (const family of sizes) for (const size of family) if (size <= cap) pairs += (size * (size - 1)) / 2
    return pairs
  }
  let [low, high] = [2, 4096]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (pairsAt(middle) <= pairBudget) low = middle
    else high = middle
  }
  return sizes.map((_, family) => (family < strongFamilies ? Math.max(strongCap, low) : low))
}
