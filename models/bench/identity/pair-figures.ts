/** Agreement of clusters with the truth. */
export interface PairFigures {
  f1: number
  precision: number
  recall: number
  /** F1 of B-cubed precision and recall (Bagga and Baldwin 1998): each record counts the same. */
  bCubed: number
  largestCluster: number
  largestTrueCluster: number
}

/** Returns figures over pairs of records, and over records, of a partition beside the true one. */
export function pairFigures<T extends string | number>(clusterOf: ArrayLike<number>, truth: readonly T[]): PairFigures {
  const clusters = sizes(truth.map((_, n) => clusterOf[n]!))
  const people = sizes(truth)
  const both = sizes(truth.map((person, n) => `${person}|${clusterOf[n]}`))
  const [joined, truly, joint] = [clusters, people, both].map(pairsIn) as [number, number, number]
  let [bPrecision, bRecall] = [0, 0]
  truth.forEach((person, n) => {
    const shared = both.get(`${person}|${clusterOf[n]}`)!
    bPrecision += shared / clusters.get(clusterOf[n]!)! / truth.length
    bRecall += shared / people.get(person)! / truth.length
  })
  return {
    f1: joined + truly === 0 ? 1 : (2 * joint) / (joined + truly),
    precision: joined === 0 ? 1 : joint / joined,
    recall: truly === 0 ? 1 : joint / truly,
    bCubed: (2 * bPrecision * bRecall) / (bPrecision + bRecall),
    largestCluster: largest(clusters),
    largestTrueCluster: largest(people),
  }
}

function sizes<T>(names: readonly T[]): Map<T, number> {
  const counted = new Map<T, number>()
  for (const name of names) counted.set(name, (counted.get(name) ?? 0) + 1)
  return counted
}

/** Returns how many pairs of records lie in one group. */
function pairsIn(groups: ReadonlyMap<unknown, number>): number {
  let pairs = 0
  for (const size of groups.values()) pairs += (size * (size - 1)) / 2
  return pairs
}

function largest(groups: ReadonlyMap<unknown, number>): number {
  let most = 0
  for (const size of groups.values()) most = Math.max(most, size)
  return most
}
