import { averageLinkage, type Edge } from "./average-linkage.ts"
import { type BlockIndex, collectKeys, eachCandidatePair, indexBlocks } from "./block-index.ts"
import { priorOf } from "./level-weights.ts"
import type { OpenModel } from "./open-model.ts"
import { type PersonRecord, recordKey } from "./person-record.ts"

export interface Partition {
  /** Per record, a number that records of one person share. */
  clusterOf: Int32Array
  /** Pairs of at least the joining threshold, or `reviewFrom`. */
  edges: readonly Edge[]
  /** Pairs of clusters, each by one of its records, that may be one person. */
  doubtful: readonly Edge[]
  candidatePairs: number
}

export interface PartitionOptions {
  /** Least mean of log-odds at which clusters join. */
  threshold: number
  /** Log-odds of a pair of which nothing is known. */
  prior: number
  /** Returns whether somebody said that two records are two people. */
  mustDiffer?: ((a: number, b: number) => boolean) | undefined
  /** Least mean at which two clusters that do not join are told. */
  reviewFrom?: number | undefined
  /** Lists of records that are one person already, whatever their scores. */
  alreadyOne?: readonly (readonly number[])[] | undefined
}

/** Records of a cluster that joins no more. */
const maxClusterSize = 500

/** Joins records that share keys, given the log-odds of any pair of positions. */
export function partition(
  index: BlockIndex,
  scoreOf: (a: number, b: number) => number,
  { threshold, prior, mustDiffer, reviewFrom, alreadyOne = [] }: PartitionOptions,
): Partition {
  const least = Math.min(threshold, reviewFrom ?? threshold)
  const edges: Edge[] = []
  let candidatePairs = 0
  eachCandidatePair(index, (a, b) => {
    candidatePairs++
    const score = scoreOf(a, b)
    if (score >= least) edges.push({ a, b, score })
  })
  const chains = alreadyOne.flatMap((own) =>
    own.slice(1).map((b, n) => ({ a: own[n]!, b, score: Number.POSITIVE_INFINITY })),
  )
  const count = index.blockStarts.length - 1
  const options = {
    ...{ threshold, prior, scoreOf, maxSize: maxClusterSize },
    ...(mustDiffer && { mustDiffer }),
    ...(reviewFrom !== undefined && { reviewFrom }),
  }
  return { ...averageLinkage(count, [...edges, ...chains], options), edges, candidatePairs }
}

/** Returns positions in the order of the records' keys, which does not depend on how they come. */
export function orderOf(records: readonly PersonRecord[]): number[] {
  const keys = records.map(recordKey)
  return [...records.keys()].sort((i, j) => (keys[i]! < keys[j]! ? -1 : keys[i]! > keys[j]! ? 1 : 0))
}

/** Returns what belongs to sorted positions in the order in which the records came. */
export function inOrderGiven(clusterOf: Int32Array, order: readonly number[]): Int32Array {
  const clusters = new Int32Array(order.length)
  order.forEach((given, position) => {
    clusters[given] = clusterOf[position]!
  })
  return clusters
}

/** Partitions records into people by a model: the same for the same records in any order. */
export function resolveRecords(
  records: readonly PersonRecord[],
  { model, prepare, keysOf, score }: OpenModel,
  {
    threshold = model.thresholds.join,
    mustDiffer,
    reviewFrom,
    alreadyOne,
  }: Partial<Omit<PartitionOptions, "prior">> = {},
): Partition {
  const order = orderOf(records)
  const prepared = order.map((n) => prepare(records[n]!))
  const index = indexBlocks(collectKeys(prepared, keysOf), model.caps, records.length)
  const differ = mustDiffer && ((a: number, b: number) => mustDiffer(order[a]!, order[b]!))
  const scoreOf = (a: number, b: number) => score(prepared[a]!, prepared[b]!)
  const positionOf = new Int32Array(order.length)
  order.forEach((given, position) => {
    positionOf[given] = position
  })
  const found = partition(index, scoreOf, {
    ...{ threshold, reviewFrom, prior: priorOf(model.weights), mustDiffer: differ },
    alreadyOne: alreadyOne?.map((own) => own.map((given) => positionOf[given]!).sort((a, b) => a - b)),
  })
  const asGiven = (edges: readonly Edge[]) =>
    edges.map(({ a, b, score: odds }) => ({ a: order[a]!, b: order[b]!, score: odds }))
  return {
    ...found,
    clusterOf: inOrderGiven(found.clusterOf, order),
    edges: asGiven(found.edges),
    doubtful: asGiven(found.doubtful),
  }
}
