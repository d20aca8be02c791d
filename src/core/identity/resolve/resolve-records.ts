import { averageLinkage, type Edge, type Linkage } from "./average-linkage.ts"
import { type BlockIndex, collectKeys, eachCandidatePair, indexBlocks } from "./block-index.ts"
import { priorOf } from "./level-weights.ts"
import type { OpenModel } from "./open-model.ts"
import { type PersonRecord, recordKey } from "./person-record.ts"

/** Records as people. */
export interface Partition extends Linkage {
  /** Pairs of at least the joining threshold, or `reviewFrom`. */
  edges: readonly Edge[]
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

/** Returns the partition of sorted records as one of the records in the order in which they came. */
export function partitionAsGiven(found: Partition, order: readonly number[]): Partition {
  const clusterOf = new Int32Array(order.length)
  order.forEach((given, position) => {
    clusterOf[given] = found.clusterOf[position]!
  })
  const given = (edges: readonly Edge[]) => edges.map(({ a, b, score }) => ({ a: order[a]!, b: order[b]!, score }))
  return {
    ...found,
    clusterOf,
    ...{ edges: given(found.edges), joins: given(found.joins), doubtful: given(found.doubtful) },
  }
}

/** Conditions of a partition, by the positions of records as they came. */
export type PartitionWishes = Partial<Omit<PartitionOptions, "prior">>

/** Returns wishes about records as they came as wishes about the same records sorted. */
export function wishesInOrder(
  { mustDiffer, alreadyOne, ...wishes }: PartitionWishes,
  order: readonly number[],
): PartitionWishes {
  const positionOf = new Int32Array(order.length)
  order.forEach((given, position) => {
    positionOf[given] = position
  })
  return {
    ...wishes,
    mustDiffer: mustDiffer && ((a: number, b: number) => mustDiffer(order[a]!, order[b]!)),
    alreadyOne: alreadyOne?.map((own) => own.map((given) => positionOf[given]!).sort((a, b) => a - b)),
  }
}

/** Partitions records into people by a model: the same for the same records in any order. */
export function resolveRecords(
  records: readonly PersonRecord[],
  { model, prepare, keysOf, score }: OpenModel,
  wishes: PartitionWishes = {},
): Partition {
  const order = orderOf(records)
  const prepared = order.map((n) => prepare(records[n]!))
  const index = indexBlocks(collectKeys(prepared, keysOf), model.caps, records.length)
  const scoreOf = (a: number, b: number) => score(prepared[a]!, prepared[b]!)
  const found = partition(index, scoreOf, {
    threshold: model.thresholds.join,
    ...wishesInOrder(wishes, order),
    prior: priorOf(model.weights),
  })
  return partitionAsGiven(found, order)
}
