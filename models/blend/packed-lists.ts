/** A query as the ranker sees it: its candidates' features, candidates × width, and which of them were relevant. */
export interface RankingList {
  features: Float32Array
  /** Equal shares of 1 for the candidates that were relevant, 0 for the others. */
  gains: Float32Array
  /** Relevant items, candidates or not. */
  relevant: number
}

/** Lists one after the other, in memory that threads share: list `n` has candidates `offsets[n] … offsets[n + 1]`. */
export interface PackedLists {
  width: number
  offsets: Int32Array
  features: Float32Array
  gains: Float32Array
  /** One value a list. */
  relevant: Int32Array
}

/** Takes lists until it holds `maxValues` features. */
export interface ListPacker {
  /** Says if there is room for more. */
  hasRoom(): boolean
  /** Adds the candidates that `keep` lets through; drops a list for which there is no room. */
  add(list: RankingList, keep: (candidate: number) => boolean): void
  packed(): PackedLists
}

/** Memory for at most `lists` lists of at most `longest` candidates is reserved, and used as it fills. */
export function listPacker(
  width: number,
  { lists, longest, maxValues }: { lists: number; longest: number; maxValues: number },
): ListPacker {
  const rows = Math.min(lists * longest, Math.ceil(maxValues / Math.max(1, width)) + longest)
  const features = new Float32Array(new SharedArrayBuffer(rows * width * 4))
  const gains = new Float32Array(new SharedArrayBuffer(rows * 4))
  const offsets = [0]
  const relevant: number[] = []
  let count = 0
  return {
    hasRoom: () => count * width < maxValues,
    add(list, keep) {
      if (count + list.gains.length > rows) return
      for (let n = 0; n < list.gains.length; n++) {
        if (!keep(n)) continue
        features.set(list.features.subarray(n * width, (n + 1) * width), count * width)
        gains[count++] = list.gains[n]!
      }
      offsets.push(count)
      relevant.push(list.relevant)
    },
    packed: () => ({
      width,
      offsets: Int32Array.from(offsets),
      features: features.subarray(0, count * width),
      gains: gains.subarray(0, count),
      relevant: Int32Array.from(relevant),
    }),
  }
}

/** All lists in one, in memory that threads share; all have one width. */
export function joinPacked(all: readonly PackedLists[]): PackedLists {
  const [first, ...others] = all
  if (first === undefined) throw new RangeError("at least one packed list is needed")
  if (others.length === 0) return first
  const size = (of: (one: PackedLists) => number) => all.reduce((sum, one) => sum + of(one), 0)
  const features = new Float32Array(new SharedArrayBuffer(4 * size((one) => one.features.length)))
  const gains = new Float32Array(new SharedArrayBuffer(4 * size((one) => one.gains.length)))
  const offsets = [0]
  const relevant: number[] = []
  let count = 0
  for (const one of all) {
    features.set(one.features, count * first.width)
    gains.set(one.gains, count)
    for (let n = 0; n < one.relevant.length; n++) offsets.push(count + one.offsets[n + 1]!)
    relevant.push(...one.relevant)
    count += one.gains.length
  }
  return { width: first.width, offsets: Int32Array.from(offsets), features, gains, relevant: Int32Array.from(relevant) }
}

/** One of the lists, sharing its memory. */
export function listAt({ width, offsets, features, gains, relevant }: PackedLists, n: number): RankingList {
  const [from, to] = [offsets[n]!, offsets[n + 1]!]
  return {
    features: features.subarray(from * width, to * width),
    gains: gains.subarray(from, to),
    relevant: relevant[n]!,
  }
}

/** The most candidates of any list. */
export const longestOf = (lists: readonly PackedLists[]): number =>
  lists.reduce(
    (most, { offsets, relevant }) =>
      relevant.reduce((longer, _, n) => Math.max(longer, offsets[n + 1]! - offsets[n]!), most),
    0,
  )
