import { chooseCaps, collectKeys, eachCandidatePair, indexBlocks } from "../../src/core/identity/resolve/block-index.ts"
import { blockKeysOf } from "../../src/core/identity/resolve/block-keys.ts"
import { type LevelVector, recordComparer } from "../../src/core/identity/resolve/compare-records.ts"
import { type Comparison, missingCell, planComparisons } from "../../src/core/identity/resolve/comparison-plan.ts"
import { countTokens } from "../../src/core/identity/resolve/count-tokens.ts"
import type { FieldKind } from "../../src/core/identity/resolve/field-kind.ts"
import { type IdentityModel, poolCountsOf } from "../../src/core/identity/resolve/identity-model.ts"
import { type LevelWeights, logOddsOf, priorOf } from "../../src/core/identity/resolve/level-weights.ts"
import type { PersonRecord } from "../../src/core/identity/resolve/person-record.ts"
import { createPools, type Pools } from "../../src/core/identity/resolve/pools.ts"
import { type PreparedRecord, recordPreparer } from "../../src/core/identity/resolve/prepared-record.ts"
import {
  orderOf,
  type Partition,
  type PartitionWishes,
  partition,
  partitionAsGiven,
  wishesInOrder,
} from "../../src/core/identity/resolve/resolve-records.ts"
import { hash32 } from "../random.ts"
import { drawPairs, type Pairs } from "./draw-pairs.ts"
import { findHubs } from "./find-hubs.ts"
import { comparePairs, fitWeights } from "./fit-weights.ts"
import { type AliasVote, learnAliases } from "./learn-aliases.ts"

export interface FitOptions {
  /** Kinds of fields that their names and values do not tell. */
  kinds?: Readonly<Record<string, FieldKind>>
  /** Named in the model. */
  version?: string
  /** Conditions of the last partition; by default every pair at and above the model's joining threshold joins. */
  wishes?: PartitionWishes
  say?: (line: string) => void
}

/** A model, and the people that it makes of the records as they were given. */
export interface FittedIdentity extends Partition {
  model: IdentityModel
}

/** Pairs to compare, of each record with others, where there are many records. */
const pairsPerRecord = 30
/** Pairs to compare where there are few. */
const fewPairs = 400_000
const strangerPairs = 200_000
const learningPairs = 150_000
const passes = 2
const thresholds = { join: -1, automatic: 3 }

/**
 * Learns from records without labels which of them are of one person: weights by expectation-maximisation, then, with people instead of
 * records counted, frequencies and weights again. The same for the same records in any order.
 */
export function fitIdentity(given: readonly PersonRecord[], options: FitOptions = {}): FittedIdentity {
  const { kinds = {}, version = "1", wishes = {}, say = () => {} } = options
  const order = orderOf(given)
  const records = order.map((n) => given[n]!)
  const plan = planComparisons(records, kinds)
  const { comparisons } = plan
  const pools = createPools(plan)
  const prepare = recordPreparer(plan, pools)
  const prepared = records.map(prepare)
  countTokens(prepared, comparisons, pools)
  const withHubs = findHubs(prepared, comparisons, pools)
  for (const position of withHubs) prepared[position] = prepare(records[position]!)
  if (withHubs.length > 0) countTokens(prepared, comparisons, pools)
  const keys = collectKeys(prepared, blockKeysOf(plan, pools))
  const caps = chooseCaps(keys, Math.max(pairsPerRecord * records.length, fewPairs))
  const index = indexBlocks(keys, caps, records.length)
  say(`compares ${comparisons.map(({ name }) => name).join(", ")}; largest block ${Math.max(...caps)}`)
  const compare = recordComparer(comparisons, pools)
  const compareAt = (a: number, b: number) => compare(prepared[a]!, prepared[b]!)
  const width = comparisons.length
  const random = comparePairs(width, drawPairs(records.length, strangerPairs, 15), compareAt)
  const { sampled, share } = samplePairs(index, learningPairs)
  let weights: LevelWeights | undefined
  let found: Partition | undefined
  for (let pass = 0; pass < passes; pass++) {
    const candidates = comparePairs(width, sampled, compareAt)
    const learnt = fitWeights(
      { comparisons, candidates, sampledShare: share, random, records: records.length },
      weights,
    )
    weights = learnt
    found = partition(index, (a, b) => logOddsOf(compareAt(a, b), learnt), {
      threshold: thresholds.join,
      ...(pass === passes - 1 && wishesInOrder(wishes, order)),
      prior: priorOf(learnt),
    })
    say(`pass ${pass + 1}: ${found.candidatePairs} pairs compared, ${new Set(found.clusterOf).size} people`)
    if (pass === passes - 1) break
    countTokens(prepared, comparisons, pools, found.clusterOf)
    const aliases = aliasesOf(found, { prepared, comparisons, pools, compareAt, weights: learnt })
    say(`${aliases} pairs of words stand for each other; ${withHubs.length} records have values that strangers share`)
  }
  return {
    ...partitionAsGiven(found!, order),
    model: { version, plan, caps, weights: weights!, thresholds, pools: poolCountsOf(pools) },
  }
}

interface Learning {
  prepared: readonly PreparedRecord[]
  comparisons: readonly Comparison[]
  pools: Pools
  compareAt: (a: number, b: number) => LevelVector
  weights: LevelWeights
}

/** Log-odds without the comparison in question, from which on a pair says how one person is written. */
const sureWithout = 2

/** Learns which names and which towns stand for each other, from joined pairs that are sure without them; returns how many. */
function aliasesOf({ edges, clusterOf }: Partition, learning: Learning): number {
  const { prepared, comparisons, pools, compareAt, weights } = learning
  let learnt = 0
  comparisons.forEach(({ kind }, n) => {
    if (kind !== "name" && kind !== "where") return
    const [pool, tokensOf] =
      kind === "name"
        ? [pools.byComparison[n]!, (record: PreparedRecord) => record.values[n]!]
        : [pools.town, (record: PreparedRecord) => record.town]
    const votes: AliasVote[] = []
    for (const { a, b } of edges) {
      if (clusterOf[a] !== clusterOf[b]) continue
      const vector = compareAt(a, b)
      if (vector.cells[n] === missingCell) continue
      vector.cells[n] = missingCell
      if (logOddsOf(vector, weights) < sureWithout) continue
      votes.push({ a: tokensOf(prepared[a]!), b: tokensOf(prepared[b]!), person: clusterOf[a]! })
    }
    const aliases = learnAliases(votes, pool)
    pool.setAliases(aliases)
    learnt += aliases.length
  })
  return learnt
}

/** Returns about `wanted` of the pairs that share keys, drawn by their positions, and their share of all. */
function samplePairs(
  index: Parameters<typeof eachCandidatePair>[0],
  wanted: number,
): { sampled: Pairs; share: number } {
  let count = 0
  eachCandidatePair(index, () => {
    count++
  })
  const limit = count <= wanted ? 2 ** 32 : (wanted / count) * 2 ** 32
  const a: number[] = []
  const b: number[] = []
  eachCandidatePair(index, (one, other) => {
    if (hash32(one, other) >= limit) return
    a.push(one)
    b.push(other)
  })
  return { sampled: { a: Int32Array.from(a), b: Int32Array.from(b) }, share: a.length / Math.max(1, count) }
}
