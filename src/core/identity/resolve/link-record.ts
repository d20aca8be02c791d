import { averageLinkage, type Edge } from "./average-linkage.ts"
import { priorOf } from "./level-weights.ts"
import type { OpenModel } from "./open-model.ts"
import type { PreparedRecord } from "./prepared-record.ts"

/** A person found under one of a new record's keys, with all of their records. */
export interface CandidatePerson<Id> {
  id: Id
  records: readonly PreparedRecord[]
}

/** The people that a new record belongs to. */
export interface RecordLink<Id> {
  /** People whom the new record's person is made of, the likeliest first; none where the record is of somebody new. */
  people: readonly Id[]
  /** Highest mean of log-odds between the record and one of them; −Infinity without any. */
  score: number
  /** True if the join needs no review. */
  isAutomatic: boolean
}

/** Records of people that are looked at together; the least likely people are left out. */
const mostRecords = 200

/**
 * Links one new record to people found by its keys, as a run over all records would: the people that it is likely to be join by average
 * linkage again, with it among them, and those that end in its cluster are one with it.
 */
export function linkRecord<Id>(
  record: PreparedRecord,
  candidates: readonly CandidatePerson<Id>[],
  opened: OpenModel,
): RecordLink<Id> {
  const { model, score } = opened
  const { join, automatic } = model.thresholds
  const means = candidates.map(({ records }) => {
    const scores = records.slice(0, mostRecords).map((other) => score(record, other))
    return { best: Math.max(...scores), mean: scores.reduce((sum, one) => sum + one, 0) / scores.length }
  })
  const likely = [...candidates.keys()]
    .filter((n) => means[n]!.best >= join)
    .sort((i, j) => means[j]!.mean - means[i]!.mean || i - j)
  const records = [record]
  const personOf = [-1]
  for (const n of likely) {
    const own = candidates[n]!.records
    if (records.length > 1 && records.length + own.length > mostRecords) break
    for (const one of own.slice(0, mostRecords)) {
      records.push(one)
      personOf.push(n)
    }
  }
  const clusterOf = linkAll(records, opened)
  const isHere = (n: number) => {
    const own = personOf.flatMap((person, position) => (person === n ? [clusterOf[position] === clusterOf[0]] : []))
    return own.filter((same) => same).length * 2 > own.length
  }
  const people = likely.filter(isHere)
  const highest = people.length === 0 ? Number.NEGATIVE_INFINITY : means[people[0]!]!.mean
  return { people: people.map((n) => candidates[n]!.id), score: highest, isAutomatic: highest >= automatic }
}

function linkAll(records: readonly PreparedRecord[], { model, score }: OpenModel): Int32Array {
  const threshold = model.thresholds.join
  const edges: Edge[] = []
  for (let a = 0; a < records.length; a++) {
    for (let b = a + 1; b < records.length; b++) {
      const odds = score(records[a]!, records[b]!)
      if (odds >= threshold) edges.push({ a, b, score: odds })
    }
  }
  const scoreOf = (a: number, b: number) => score(records[a]!, records[b]!)
  return averageLinkage(records.length, edges, {
    threshold,
    prior: priorOf(model.weights),
    scoreOf,
    maxSize: records.length,
  })
}
