/** A scored pair of records, by their positions. */
export interface Edge {
  a: number
  b: number
  /** Log-odds of being one person. */
  score: number
}

export interface LinkageOptions {
  /** Clusters join while the mean of their pairs' scores is at least this. */
  threshold: number
  /** Log-odds of a pair of which nothing is known. */
  prior: number
  /** Returns the score of a pair that has no edge. */
  scoreOf: (a: number, b: number) => number
  /** Returns whether somebody said that two records are two people. */
  mustDiffer?: (a: number, b: number) => boolean
  /** Records of the largest cluster that scores make. */
  maxSize: number
  /** Least mean at which two clusters that do not join are told; none are without it. */
  reviewFrom?: number
}

/** Clusters after all joins. */
export interface Linkage {
  /** The cluster of each record, named by its lowest position. */
  clusterOf: Int32Array
  /** Joins by score, by the lowest positions of the two clusters, with the means at which they joined. */
  joins: readonly Edge[]
  /** Pairs of clusters that may be one person, by their lowest positions, with the means of their pairs' log-odds. */
  doubtful: readonly Edge[]
}

const lowestScore = -8
const highestScore = 12
/** Score and weight of a pair that is not compared. */
const absentScore = -4
const absentWeight = 0.5
/** Pairs between two clusters beyond which they are not compared. */
const mostPairs = 10_000
/** Evidence, as a logarithm, at which a pair counts half as much as a sure one. */
const halfEvidence = 4

const clipped = (score: number) => Math.min(highestScore, Math.max(lowestScore, score))

/** Weight of a pair in a mean: 0 where the two records have nothing that could be compared. */
function weightOf(score: number, prior: number): number {
  const evidence = (score - prior) ** 2
  return evidence / (evidence + halfEvidence ** 2)
}

interface Sum {
  score: number
  weight: number
}

const meanOf = ({ score, weight }: Sum): number => (weight === 0 ? Number.NEGATIVE_INFINITY : score / weight)

interface Cluster {
  members: number[]
  /** Scores to each neighbouring cluster. */
  sums: Map<number, Sum>
}

/**
 * Joins records by average linkage on clipped log-odds, pairs weighted by how much is known of them, the best pair of clusters first; at
 * equal means the pair with the lowest positions. Edges are those of at least the threshold, or `reviewFrom`; one of an infinite score
 * says that two records are one person already.
 */
export function averageLinkage(count: number, edges: readonly Edge[], options: LinkageOptions): Linkage {
  const { threshold, maxSize, reviewFrom = Number.POSITIVE_INFINITY } = options
  const clusters = new Map<number, Cluster>()
  const of = (record: number): Cluster => {
    const held = clusters.get(record)
    if (held !== undefined) return held
    const made = { members: [record], sums: new Map<number, Sum>() }
    clusters.set(record, made)
    return made
  }
  const joins: Edge[] = []
  const heap = new PairHeap()
  for (const { a, b, score } of edges) {
    const sum = sumOfPair(a, b, score, options)
    of(a).sums.set(b, sum)
    of(b).sums.set(a, sum)
    if (meanOf(sum) >= threshold) heap.push(Math.min(a, b), Math.max(a, b), meanOf(sum))
  }
  while (heap.size > 0) {
    const { a, b, value } = heap.pop()
    const [into, from] = [clusters.get(a), clusters.get(b)]
    const between = into?.sums.get(b)
    if (into === undefined || from === undefined || between === undefined || meanOf(between) !== value) continue
    if (value < Number.POSITIVE_INFINITY && into.members.length + from.members.length > maxSize) continue
    if (value < Number.POSITIVE_INFINITY) joins.push({ a, b, score: value })
    clusters.delete(b)
    into.sums.delete(b)
    from.sums.delete(a)
    for (const c of new Set([...into.sums.keys(), ...from.sums.keys()])) {
      const other = clusters.get(c)!
      const sum = plus(into.sums.get(c) ?? sumOf(into, other, options), from.sums.get(c) ?? sumOf(from, other, options))
      other.sums.delete(b)
      other.sums.set(a, sum)
      into.sums.set(c, sum)
      if (meanOf(sum) >= threshold) heap.push(Math.min(a, c), Math.max(a, c), meanOf(sum))
    }
    into.members.push(...from.members)
  }
  const clusterOf = Int32Array.from({ length: count }, (_, n) => n)
  const doubtful: Edge[] = []
  for (const [name, { members, sums }] of clusters) {
    for (const record of members) clusterOf[record] = name
    for (const [other, sum] of sums)
      if (name < other && meanOf(sum) >= reviewFrom) doubtful.push({ a: name, b: other, score: meanOf(sum) })
  }
  return { clusterOf, joins, doubtful: doubtful.sort((one, other) => one.a - other.a || one.b - other.b) }
}

const plus = (a: Sum, b: Sum): Sum => ({ score: a.score + b.score, weight: a.weight + b.weight })

function sumOfPair(a: number, b: number, score: number, { prior, mustDiffer }: LinkageOptions): Sum {
  if (mustDiffer?.(a, b) === true) return { score: Number.NEGATIVE_INFINITY, weight: 1 }
  if (score === Number.POSITIVE_INFINITY) return { score, weight: 1 }
  const weight = weightOf(score, prior)
  return { score: weight * clipped(score), weight }
}

function sumOf(one: Cluster, other: Cluster, options: LinkageOptions): Sum {
  const pairs = one.members.length * other.members.length
  if (pairs > mostPairs) return { score: absentScore * absentWeight * pairs, weight: absentWeight * pairs }
  let sum: Sum = { score: 0, weight: 0 }
  for (const a of one.members) {
    for (const b of other.members) sum = plus(sum, sumOfPair(a, b, options.scoreOf(a, b), options))
  }
  return sum
}

/** Pairs of clusters, the highest value first, then the lowest positions. */
class PairHeap {
  private readonly as: number[] = []
  private readonly bs: number[] = []
  private readonly values: number[] = []

  get size(): number {
    return this.values.length
  }

  push(a: number, b: number, value: number): void {
    this.as.push(a)
    this.bs.push(b)
    this.values.push(value)
    let at = this.values.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.isBefore(at, parent)) break
      this.swap(at, parent)
      at = parent
    }
  }

  pop(): { a: number; b: number; value: number } {
    const top = { a: this.as[0]!, b: this.bs[0]!, value: this.values[0]! }
    const last = this.values.length - 1
    this.swap(0, last)
    this.as.pop()
    this.bs.pop()
    this.values.pop()
    let at = 0
    while (true) {
      let first = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < last && this.isBefore(child, first)) first = child
      if (first === at) return top
      this.swap(at, first)
      at = first
    }
  }

  private isBefore(i: number, j: number): boolean {
    const difference = this.values[i]! - this.values[j]!
    if (difference !== 0) return difference > 0
    return this.as[i]! !== this.as[j]! ? this.as[i]! < this.as[j]! : this.bs[i]! < this.bs[j]!
  }

  private swap(i: number, j: number): void {
    for (const column of [this.as, this.bs, this.values]) {
      const kept = column[i]!
      column[i] = column[j]!
      column[j] = kept
    }
  }
}
