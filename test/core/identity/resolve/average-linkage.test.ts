import { expect, test } from "vitest"
import { averageLinkage, type Edge } from "../../../../src/core/identity/resolve/average-linkage.ts"

/** Log-odds of pairs by their positions; every other pair is as unlike as can be. */
function link(
  count: number,
  scores: Readonly<Record<string, number>>,
  more: { mustDiffer?: [number, number]; maxSize?: number } = {},
) {
  const scoreOf = (a: number, b: number) => scores[`${Math.min(a, b)}-${Math.max(a, b)}`] ?? -8
  const edges: Edge[] = Object.entries(scores).map(([pair, score]) => {
    const [a, b] = pair.split("-").map(Number) as [number, number]
    return { a, b, score }
  })
  const { mustDiffer, maxSize = 100 } = more
  const apart = new Set(mustDiffer)
  const differ = (a: number, b: number) => apart.has(a) && apart.has(b)
  return [...averageLinkage(count, edges, { threshold: 0, prior: -4, scoreOf, maxSize, mustDiffer: differ }).clusterOf]
}

test("pairs above the threshold join, others stay alone", () => {
  expect(link(4, { "0-1": 3, "2-3": 1 })).toEqual([0, 0, 2, 2])
})

test("a chain of likely pairs whose ends are two people does not become one", () => {
  // (3 - 8) / 2 < 0: the third would join one of two records only.
  expect(link(3, { "0-1": 4, "1-2": 3 })).toEqual([0, 0, 2])
})

test("a weak pair joins where the others of its cluster agree", () => {
  expect(link(3, { "0-1": 6, "1-2": 5, "0-2": -2 })).toEqual([0, 0, 0])
})

test("two records that somebody told apart never share a cluster, however sure the scores", () => {
  const clusters = link(3, { "0-1": 12, "1-2": 11, "0-2": 12 }, { mustDiffer: [0, 2] })
  expect(clusters[0]).not.toBe(clusters[2])
  expect(clusters).toEqual([0, 0, 2])
})

test("a cluster of the largest size joins no more", () => {
  const all = { "0-1": 9, "0-2": 8, "1-2": 8, "0-3": 7, "1-3": 7, "2-3": 7 }
  expect(link(4, all, { maxSize: 3 })).toEqual([0, 0, 0, 3])
})

test("records that are one already stay one beyond any size, whatever their scores", () => {
  const edges: Edge[] = [
    { a: 0, b: 1, score: Number.POSITIVE_INFINITY },
    { a: 1, b: 2, score: Number.POSITIVE_INFINITY },
    { a: 2, b: 3, score: 9 },
  ]
  const { clusterOf } = averageLinkage(4, edges, { threshold: 0, prior: -4, scoreOf: () => -8, maxSize: 2 })
  expect([...clusterOf]).toEqual([0, 0, 0, 3])
})

test("pairs of clusters between two thresholds are told with their means, and not joined", () => {
  const edges: Edge[] = [
    { a: 0, b: 1, score: 6 },
    { a: 1, b: 2, score: 2 },
    { a: 0, b: 2, score: 2 },
    { a: 2, b: 3, score: 0 },
  ]
  const options = { threshold: 3, prior: -4, scoreOf: () => -8, maxSize: 10, reviewFrom: 1 }
  const { clusterOf, doubtful } = averageLinkage(4, edges, options)
  expect([...clusterOf]).toEqual([0, 0, 2, 3])
  expect(doubtful).toEqual([{ a: 0, b: 2, score: (2 + 2) / 2 }])
})
