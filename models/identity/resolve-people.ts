import type { Edge } from "../../src/core/identity/resolve/average-linkage.ts"
import type { IdentityModel } from "../../src/core/identity/resolve/identity-model.ts"
import { openModel } from "../../src/core/identity/resolve/open-model.ts"
import type { PersonRecord } from "../../src/core/identity/resolve/person-record.ts"
import { type FieldWeight, weighFields } from "../../src/core/identity/resolve/weigh-fields.ts"
import { sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { fitIdentity } from "./fit-identity.ts"

/** A record with the customer that it belongs to so far. */
export interface CustomersRecord extends PersonRecord {
  customerId: string
}

/** Two records of two customers, and how likely both are one person. */
export interface ScoredPair {
  recordA: string
  recordB: string
  customerA: string
  customerB: string
  /** P(one person) by the model. */
  posterior: number
  weights: readonly FieldWeight[]
}

export interface ResolvePeopleOptions {
  /** Least posterior at which customers join without review. */
  posterior: number
  /** Pairs of records that somebody said are of two people. */
  apart: readonly { a: string; b: string }[]
  say?: (line: string) => void
}

export interface ResolvedPeople {
  model: IdentityModel
  /** Pairs by which customers become one, the likeliest first; of a person made of n customers there are n − 1. */
  joins: readonly ScoredPair[]
  /** Pairs of people below the posterior, one pair of records of each. */
  doubtful: readonly ScoredPair[]
  /** Sum over joins of the probability that it is wrong. */
  expectedFalseJoins: number
  candidatePairs: number
}

/** Records below which there are too few pairs to learn from. */
export const leastRecords = 200
/** Doubtful pairs that are told, the likeliest. */
const mostDoubtful = 10_000

/**
 * Learns from records without labels which customers are one person. Records of one customer stay together, what somebody said are two
 * people stays two, and the answer is the same for the same records in any order. `null`: there are too few records.
 */
export function resolvePeople(
  records: readonly CustomersRecord[],
  { posterior, apart, say }: ResolvePeopleOptions,
): ResolvedPeople | null {
  if (records.length < leastRecords) return null
  const byCustomer = new Map<string, number[]>()
  const positionOf = new Map<string, number>()
  records.forEach(({ customerId, id }, n) => {
    byCustomer.set(customerId, [...(byCustomer.get(customerId) ?? []), n])
    positionOf.set(id, n)
  })
  const told = new Set<string>()
  for (const { a, b } of apart) told.add(pairKey(positionOf.get(a) ?? -1, positionOf.get(b) ?? -1))
  const fitted = fitIdentity(records, {
    ...(say && { say }),
    wishes: {
      threshold: Math.log(posterior / (1 - posterior)),
      reviewFrom: reviewFrom(posterior),
      alreadyOne: [...byCustomer.values()].filter((own) => own.length > 1),
      ...(told.size > 0 && { mustDiffer: (a: number, b: number) => told.has(pairKey(a, b)) }),
    },
  })
  const { model, clusterOf, edges, doubtful, joins } = fitted
  const opened = openModel(model)
  const describe = ({ a, b, score }: Edge): ScoredPair => {
    const [one, other] = [records[a]!, records[b]!]
    return {
      ...{ recordA: one.id, recordB: other.id, customerA: one.customerId, customerB: other.customerId },
      posterior: sigmoid(score),
      weights: weighFields(opened.prepare(one), opened.prepare(other), opened).fields,
    }
  }
  const sorted = edges.toSorted((x, y) => y.score - x.score || compareIds(records, x, y))
  const strongest = strongestBetween(sorted, clusterOf)
  return {
    model,
    joins: spanning(sorted, records, clusterOf).map(describe),
    doubtful: doubtful
      .map(({ a, b, score }) => ({ ...(strongest.get(pairKey(clusterOf[a]!, clusterOf[b]!)) ?? { a, b }), score }))
      .sort((x, y) => y.score - x.score || compareIds(records, x, y))
      .slice(0, mostDoubtful)
      .map(describe),
    expectedFalseJoins: joins.reduce((sum, { score }) => sum + 1 - sigmoid(score), 0),
    candidatePairs: fitted.candidatePairs,
  }
}

/** Least mean at which a pair of people waits for review: less likely than not, but worth a look. */
const reviewFrom = (posterior: number) => Math.min(-1, Math.log(posterior / (1 - posterior)))

const pairKey = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`)

function compareIds(records: readonly PersonRecord[], x: Edge, y: Edge): number {
  const [one, other] = [x, y].map(({ a, b }) => [records[a]!.id, records[b]!.id].sort().join(" "))
  return one! < other! ? -1 : one! > other! ? 1 : 0
}

/** Returns the edges, the best first, that make one of the customers of each cluster (Kruskal 1956). */
function spanning(sorted: readonly Edge[], records: readonly CustomersRecord[], clusterOf: Int32Array): Edge[] {
  const parentOf = new Map<string, string>()
  const rootOf = (id: string): string => {
    let root = id
    while (parentOf.has(root)) root = parentOf.get(root)!
    return root
  }
  return sorted.filter(({ a, b }) => {
    if (clusterOf[a] !== clusterOf[b]) return false
    const [one, other] = [rootOf(records[a]!.customerId), rootOf(records[b]!.customerId)]
    if (one === other) return false
    parentOf.set(one, other)
    return true
  })
}

/** Returns the best edge between each pair of clusters. */
function strongestBetween(sorted: readonly Edge[], clusterOf: Int32Array): Map<string, Edge> {
  const best = new Map<string, Edge>()
  for (const edge of sorted) {
    const key = pairKey(clusterOf[edge.a]!, clusterOf[edge.b]!)
    if (clusterOf[edge.a] !== clusterOf[edge.b] && !best.has(key)) best.set(key, edge)
  }
  return best
}
