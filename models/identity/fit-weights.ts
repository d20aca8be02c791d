import type { CompareRecords } from "../../src/core/identity/resolve/compare-records.ts"
import {
  type Comparison,
  cellCount,
  dimensionsOf,
  levelsOf,
  missingCell,
} from "../../src/core/identity/resolve/comparison-plan.ts"
import type { CellWeights, LevelWeights } from "../../src/core/identity/resolve/level-weights.ts"
import type { Pairs } from "./draw-pairs.ts"

/** Pairs of records as cells, `comparisons.length` a pair, with the logarithms of the chances of their agreements. */
export interface ComparedPairs {
  cells: Uint8Array
  logChances: Float32Array
  count: number
}

/** Compares pairs given by a walk over positions. */
export function comparePairs(
  width: number,
  pairs: Pairs,
  compareAt: (a: number, b: number) => ReturnType<CompareRecords>,
): ComparedPairs {
  const count = pairs.a.length
  const compared = { cells: new Uint8Array(count * width), logChances: new Float32Array(count * width), count }
  for (let n = 0; n < count; n++) {
    const vector = compareAt(pairs.a[n]!, pairs.b[n]!)
    compared.cells.set(vector.cells, n * width)
    compared.logChances.set(vector.logChances, n * width)
  }
  return compared
}

export interface FitInput {
  comparisons: readonly Comparison[]
  candidates: ComparedPairs
  /** Share of all candidate pairs that `candidates` holds. */
  sampledShare: number
  random: ComparedPairs
  records: number
}

const steps = 25
/** Steps between two looks at how strangers agree, which hardly changes. */
const stepsPerStrangers = 5
/** Change of the logarithm of the share of matches at which learning ends. */
const leastChange = 1e-3
/** Pairs that a comparison's prior counts as. */
const priorPairs = 20

/** Learns weights by expectation-maximisation over all pairs of records, of which those without a shared key count as strangers. */
export function fitWeights(input: FitInput, start?: LevelWeights): LevelWeights {
  const allPairs = (input.records * (input.records - 1)) / 2
  let weights = start ?? startingWeights(input)
  for (let step = 0; step < steps; step++) {
    if (step % stepsPerStrangers === 1) weights = withStrangers(input, weights)
    const next = improve(input, weights, allPairs)
    const change = Math.abs(Math.log(next.matchShare / weights.matchShare))
    weights = next
    if (step > stepsPerStrangers && change < leastChange) break
  }
  return weights
}

function startingWeights({ comparisons, random, records }: FitInput): LevelWeights {
  const width = comparisons.length
  const cells = comparisons.map(({ kind }, n) => {
    const unrelated = logOf(smoothed(countCells(random, n, width, cellCount(kind)), kind), 0.5 / random.count)
    const match = logOf(
      normalised(Float64Array.from({ length: cellCount(kind) }, (_, cell) => startingMatch(kind, cell))),
    )
    return { match, related: startingRelated(kind, match, unrelated), unrelated }
  })
  return { comparisons: cells, matchShare: 1 / records, relatedShare: 1 / records }
}

/** Probability, up to a factor, that two records of one person agree as a cell says, before any record is seen. */
function startingMatch(kind: Comparison["kind"], cell: number): number {
  const [first = 0, second = 0, third = 0, , fifth = 0] = levelsOf(kind, cell)
  if (kind === "name") return 4 ** Math.min(first, 2) * 2 ** second * 1.4 ** third * [1, 0.15, 0.1, 0.05][fifth]!
  if (kind === "where")
    return [1, 0.1, 0.3, 1, 4][first]! * [1, 0.1, 0.3, 0.6, 4][second]! * [1, 0.1, 0.5, 0.7, 4][third]!
  if (kind === "date") return [60, 3, 5, 3, 4, 2, 1, 5, 2, 4, 0.5, 0.3, 0.3, 5, 1, 0.5][cell]!
  if (kind === "text") return 3 ** first * 2 ** second * [1, 0.4, 0.2][third]!
  if (kind === "email") return [20, 3, 2, 3, 1, 0.5, 3][cell]!
  return kind === "category" ? [8, 1][cell]! : [12, 2, 1][cell]!
}

/** Share of relatives who bear the same name, as father and son do. */
const namesakes = 0.02
/** Share of relatives born on one day. */
const twins = 0.03

function startingRelated(kind: Comparison["kind"], match: readonly number[], unrelated: readonly number[]): number[] {
  if (kind === "date")
    return unrelated.map((value, cell) => Math.log((1 - twins) * Math.exp(value) + (cell === 0 ? twins : 0)))
  if (kind === "name") return relatedNames(Float64Array.from(match, Math.exp), match)
  return match.map((value, cell) => Math.log(0.5 * Math.exp(value) + 0.5 * Math.exp(unrelated[cell]!)))
}

/** Relatives differ in a given name, all but a few namesakes. */
function relatedNames(counts: Float64Array, match: readonly number[]): number[] {
  const differs = normalised(counts.map((count, cell) => (levelsOf("name", cell)[4]! >= 2 ? count + 1e-3 : 0)))
  return Array.from(differs, (share, cell) => Math.log((1 - namesakes) * share + namesakes * Math.exp(match[cell]!)))
}

function improve(input: FitInput, weights: LevelWeights, allPairs: number): LevelWeights {
  const { comparisons, candidates, sampledShare } = input
  const width = comparisons.length
  const counts = comparisons.map(({ kind }) => ({
    match: new Float64Array(cellCount(kind)),
    related: new Float64Array(cellCount(kind)),
  }))
  let [matches, relatives] = [0, 0]
  for (let pair = 0; pair < candidates.count; pair++) {
    const [match, related] = posteriorsOf(candidates, pair, width, weights)
    matches += match
    relatives += related
    for (let n = 0; n < width; n++) {
      const cell = candidates.cells[pair * width + n]!
      if (cell === missingCell) continue
      counts[n]!.match[cell]! += match
      counts[n]!.related[cell]! += related
    }
  }
  const scale = 1 / (sampledShare * allPairs)
  return {
    comparisons: comparisons.map(({ kind }, n) => nextCells(kind, counts[n]!, weights.comparisons[n]!)),
    matchShare: Math.max(matches * scale, 1e-12),
    relatedShare: Math.max(relatives * scale, 1e-13),
  }
}

/** Learns how strangers agree from pairs drawn at random, less those that seem to be of one person. */
function withStrangers({ comparisons, random }: FitInput, weights: LevelWeights): LevelWeights {
  const width = comparisons.length
  const counts = comparisons.map(({ kind }) => new Float64Array(cellCount(kind)))
  for (let pair = 0; pair < random.count; pair++) {
    const [match, related] = posteriorsOf(random, pair, width, weights)
    for (let n = 0; n < width; n++) {
      const cell = random.cells[pair * width + n]!
      if (cell !== missingCell) counts[n]![cell]! += 1 - match - related
    }
  }
  return {
    ...weights,
    comparisons: comparisons.map(({ kind }, n) => ({
      ...weights.comparisons[n]!,
      unrelated: logOf(smoothed(counts[n]!, kind), 0.5 / random.count),
    })),
  }
}

function nextCells(
  kind: Comparison["kind"],
  counts: { match: Float64Array; related: Float64Array },
  { match: before, unrelated }: CellWeights,
): CellWeights {
  const match = logOf(smoothed(counts.match, kind))
  const related =
    kind === "date"
      ? startingRelated(kind, match, unrelated)
      : kind === "name"
        ? relatedNames(counts.related, match)
        : logOf(smoothed(counts.related, kind, before))
  return { match, related, unrelated }
}

const posteriors: [number, number] = [0, 0]

function posteriorsOf(
  { cells, logChances }: ComparedPairs,
  pair: number,
  width: number,
  { comparisons, matchShare, relatedShare }: LevelWeights,
): readonly [match: number, related: number] {
  let match = Math.log(matchShare)
  let related = Math.log(relatedShare)
  for (let n = 0; n < width; n++) {
    const cell = cells[pair * width + n]!
    if (cell === missingCell) continue
    const chance =
      logChances[pair * width + n]! === 0 ? comparisons[n]!.unrelated[cell]! : logChances[pair * width + n]!
    match += comparisons[n]!.match[cell]! - chance
    related += comparisons[n]!.related[cell]! - chance
  }
  const unrelated = Math.log(1 - matchShare - relatedShare)
  const highest = Math.max(match, related, unrelated)
  const [m, r, u] = [Math.exp(match - highest), Math.exp(related - highest), Math.exp(unrelated - highest)]
  posteriors[0] = m / (m + r + u)
  posteriors[1] = r / (m + r + u)
  return posteriors
}

function countCells({ cells, count }: ComparedPairs, n: number, width: number, size: number): Float64Array {
  const counts = new Float64Array(size)
  for (let pair = 0; pair < count; pair++) {
    const cell = cells[pair * width + n]!
    if (cell !== missingCell) counts[cell]!++
  }
  return counts
}

/** Counts as probabilities, drawn towards independent dimensions, and with `towards` towards that. */
function smoothed(counts: Float64Array, kind: Comparison["kind"], towards?: readonly number[]): Float64Array {
  const sizes = dimensionsOf[kind]
  const total = counts.reduce((sum, count) => sum + count, 0)
  const marginals = sizes.map((size) => new Float64Array(size).fill(0.5))
  counts.forEach((count, cell) => {
    for (const [dimension, level] of levelsOf(kind, cell).entries()) marginals[dimension]![level]! += count
  })
  const sums = sizes.map((size) => total + 0.5 * size)
  return normalised(
    counts.map((count, cell) => {
      const independent = levelsOf(kind, cell).reduce(
        (product, level, d) => (product * marginals[d]![level]!) / sums[d]!,
        1,
      )
      return count + priorPairs * (towards === undefined ? independent : Math.exp(towards[cell]!))
    }),
  )
}

const normalised = (counts: Float64Array): Float64Array => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => count / total)
}

const logOf = (probabilities: Float64Array, least = 1e-12): number[] =>
  Array.from(probabilities, (value) => Math.log(Math.max(value, least)))
