/** Lists are best first and hold each id once; `relevant` is not empty. */
type Shown = readonly string[]
type Relevant = ReadonlySet<string>

/** The share of what is relevant that stands among the first `k`. */
export const recallAt = (k: number, shown: Shown, relevant: Relevant): number =>
  hits(k, shown, relevant) / relevant.size

/** 1 if anything relevant stands among the first `k`, else 0. */
export const hitAt = (k: number, shown: Shown, relevant: Relevant): number => (hits(k, shown, relevant) > 0 ? 1 : 0)

/** Discounted gain of the first `k` over that of an ideal list, min(k, |relevant|) hits at the top (Järvelin and Kekäläinen 2002). */
export function ndcgAt(k: number, shown: Shown, relevant: Relevant): number {
  let gain = 0
  shown.slice(0, k).forEach((itemId, n) => {
    if (relevant.has(itemId)) gain += discount(n)
  })
  return gain / idealGain(Math.min(k, relevant.size))
}

/** 1 / the rank of the first relevant item, 0 if the list has none. */
export function reciprocalRank(shown: Shown, relevant: Relevant): number {
  const first = shown.findIndex((itemId) => relevant.has(itemId))
  return first === -1 ? 0 : 1 / (first + 1)
}

/** The share of a catalogue of `items` that stands among the first `k` of any list. */
export const coverageAt = (k: number, lists: readonly Shown[], items: number): number =>
  new Set(lists.flatMap((shown) => shown.slice(0, k))).size / items

/** Returns the gain of a hit at a place, counted from 0: 1 / log2(place + 2). */
export const discount = (place: number): number => 1 / Math.log2(place + 2)

/** The gain of `count` hits in the first places. */
export function idealGain(count: number): number {
  let gain = 0
  for (let place = 0; place < count; place++) gain += discount(place)
  return gain
}

const hits = (k: number, shown: Shown, relevant: Relevant): number =>
  shown.slice(0, k).filter((itemId) => relevant.has(itemId)).length
