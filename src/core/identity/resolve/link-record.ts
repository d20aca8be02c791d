import { groupBy } from "../../measure/group-by.ts"
import { averageLinkage, type Edge } from "./average-linkage.ts"
import { priorOf } from "./level-weights.ts"
import type { OpenModel } from "./open-model.ts"
import type { PreparedRecord } from "./prepared-record.ts"

/** A record that is looked at, with its id. */
export interface HeldRecord<Id> {
  id: Id
  prepared: PreparedRecord
}

export interface LinkOptions<Id> {
  /** Least mean of log-odds at which records are one person; the model's joining threshold without it. */
  threshold?: number
  /** Returns whether somebody said that two records are two people. */
  mustDiffer?: (a: Id, b: Id) => boolean
}

/** Changes that a new record makes among the people found by its keys. */
export interface RecordLink<Id> {
  /** Ids of the records that are one person, the new record's person first; people who do not change are not among them. */
  people: readonly (readonly Id[])[]
  /** Mean of the log-odds between the new record and the others of its person; −Infinity where it is alone. */
  score: number
}

/** Records that are looked at together; the least likely people are left out. */
const mostRecords = 200

/**
 * Links a new record to people found by its keys, as a run over all records would: the people whom it resembles are partitioned anew
 * with it among them, so that the order in which records come hardly counts. `people` are lists of records, each of one person so far.
 */
export function linkRecord<Id>(
  record: HeldRecord<Id>,
  people: readonly (readonly HeldRecord<Id>[])[],
  { model, score }: OpenModel,
  { threshold = model.thresholds.join, mustDiffer }: LinkOptions<Id> = {},
): RecordLink<Id> {
  const scored = people.map((records) => {
    const scores = records.slice(0, mostRecords).map((other) => score(record.prepared, other.prepared))
    return { records, best: Math.max(...scores), mean: scores.reduce((sum, one) => sum + one, 0) / scores.length }
  })
  const likely = scored.filter(({ best }) => best >= threshold).sort((a, b) => b.mean - a.mean)
  const looked = [record]
  for (const { records } of likely) {
    if (looked.length > 1 && looked.length + records.length > mostRecords) break
    looked.push(...records.slice(0, mostRecords))
  }
  const scoreOf = (a: number, b: number) => score(looked[a]!.prepared, looked[b]!.prepared)
  const edges: Edge[] = []
  for (let a = 0; a < looked.length; a++) {
    for (let b = a + 1; b < looked.length; b++) {
      const odds = scoreOf(a, b)
      if (odds >= threshold) edges.push({ a, b, score: odds })
    }
  }
  const { clusterOf } = averageLinkage(looked.length, edges, {
    threshold,
    prior: priorOf(model.weights),
    scoreOf,
    maxSize: looked.length,
    ...(mustDiffer && { mustDiffer: (a: number, b: number) => mustDiffer(looked[a]!.id, looked[b]!.id) }),
  })
  const members = groupBy([...looked.keys()], (n) => clusterOf[n]!)
  const own = members.get(clusterOf[0]!)!.slice(1)
  return {
    people: [...members.values()].map((positions) => positions.map((n) => looked[n]!.id)),
    score: own.length === 0 ? Number.NEGATIVE_INFINITY : own.reduce((sum, n) => sum + scoreOf(0, n), 0) / own.length,
  }
}
