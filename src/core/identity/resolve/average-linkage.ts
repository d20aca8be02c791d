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
  /** Returns the score of a pair that has no edge. */
  scoreOf: (a: number, b: number) => number
  /** Returns whether somebody said that two records are two people. */
  mustDiffer?: (a: number, b: number) => boolean
  /** Records of the largest cluster. */
  maxSize: number
}

const lowestScore = -8
const highestScore = 12
/** Score of a pair that was not compared. */
const absentScore = -4
/** Pairs between two clusters beyond which pairs without an edge count as absent. */
const mostPairs = 2000

const clipped = (score: number) => Math.min(highestScore, Math.max(lowestScore, score))

interface Cluster {
  members: number[]
  /** Sum of scores to each neighbouring cluster. */
  sums: Map<number, number>
}

/**
 * Joins records by average linkage on clipped log-odds, the best pair of clusters first; at equal means the pair with the lowest positions.
 * Edges are those of at least the threshold. Returns the cluster of each record, named by its lowest position.
 */
export function averageLinkage(count: number, edges: readonly Edge[], options: LinkageOptions): Int32Array {
  const { threshold, scoreOf, mustDiffer = () => false, maxSize } = options
  const clusters = new Map<number, Cluster>()
  const clusterOf = Int32Array.from({ length: count }, (_, n) => n)
  const of = (record: number): Cluster => {
    const held = clusters.get(record)
    if (held !== undefined) return held
    const made = { members: [record], sums: new Map<number, number>() }
    clusters.set(record, made)
    return made
  }
  const heap = new PairHeap()
  for (const { a, b, score } of edges) {
    const value = mustDiffer(a, b) ? Number.NEGATIVE_INFINITY : clipped(score)
    of(a).sums.set(b, value)
    of(b).sums.set(a, value)
    if (value >= threshold) heap.push(Math.min(a, b), Math.max(a, b), value)
  }
  const sumOf = (one: Cluster, other: Cluster): number => {
    if (one.members.length * other.members.length > mostPairs)
      return one.members.length * other.members.length * absentScore
    let sum = 0
    for (const a of one.members) {
      for (const b of other.members) sum += mustDiffer(a, b) ? Number.NEGATIVE_INFINITY : clipped(scoreOf(a, b))
    }
    return sum
  }
  while (heap.size > 0) {
    const { a, b, value } = heap.pop()
    const [into, from] = [clusters.get(a), clusters.get(b)]
    if (into === undefined || from === undefined) continue
    const pairs = into.members.length * from.members.length
    if (into.sums.get(b) === undefined || into.sums.get(b)! / pairs !== value) continue
    if (into.members.length + from.members.length > maxSize) continue
    clusters.delete(b)
    into.sums.delete(b)
    from.sums.delete(a)
    const neighbours = new Set([...into.sums.keys(), ...from.sums.keys()])
    for (const c of neighbours) {
      const other = clusters.get(c)!
      const sum = (into.sums.get(c) ?? sumOf(into, other)) + (from.sums.get(c) ?? sumOf(from, other))
      other.sums.delete(b)
      other.sums.set(a, sum)
      into.sums.set(c, sum)
      const mean = sum / ((into.members.length + from.members.length) * other.members.length)
      if (mean >= threshold) heap.push(Math.min(a, c), Math.max(a, c), mean)
    }
    into.members.push(...from.members)
  }
  for (const [name, { members }] of clusters) for (const record of members) clusterOf[record] = name
  return clusterOf
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
