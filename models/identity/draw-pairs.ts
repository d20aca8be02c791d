import { below, createRandom } from "../random.ts"

/** Pairs of records by their positions. */
export interface Pairs {
  a: Int32Array
  b: Int32Array
}

/** Returns pairs of different records drawn at random, or all where that is hardly more. */
export function drawPairs(records: number, wanted: number, seed: number): Pairs {
  const all = (records * (records - 1)) / 2
  if (all <= wanted * 1.5) return allPairs(records, all)
  const random = createRandom(seed, records)
  const pairs = { a: new Int32Array(wanted), b: new Int32Array(wanted) }
  for (let n = 0; n < wanted; n++) {
    const a = below(random, records)
    const b = below(random, records - 1)
    pairs.a[n] = a
    pairs.b[n] = b >= a ? b + 1 : b
  }
  return pairs
}

function allPairs(records: number, count: number): Pairs {
  const pairs = { a: new Int32Array(count), b: new Int32Array(count) }
  let n = 0
  for (let a = 0; a < records; a++) {
    for (let b = a + 1; b < records; b++) {
      pairs.a[n] = a
      pairs.b[n++] = b
    }
  }
  return pairs
}
