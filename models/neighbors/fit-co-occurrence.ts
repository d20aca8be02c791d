import { fade } from "../../src/core/preference/confidences.ts"
import type { Graph } from "../../src/core/preference/neighbors.ts"
import { addScore, type SparseScores } from "../../src/core/preference/sparse-scores.ts"
import type { TimedInteractions } from "../data/interaction-matrix.ts"
import { type Occurrences, occurrencesOf } from "../data/occurrences.ts"
import { collectGraph, type Sources } from "./collect-graph.ts"

export interface CoOccurrenceParameters {
  /** Edges kept a source. */
  edgesPerItem: number
  /** A customer of n items adds 1 / n^customerExponent to each of their pairs. */
  customerExponent: number
  /** Counts are divided by the source's popularity to this power … */
  sourceExponent: number
  /** … and by the target's to this. */
  targetExponent: number
  /** Steps in time apart weigh 1 / (1 + steps)^distanceExponent; things done at once weigh 1. */
  distanceExponent: number
  /** Weight of a pair against the order of time; a pair along it has weight 1. */
  backward: number
  /** Half-life, in days, of a pair by the age of its target, so that current items are found. */
  pairHalfLifeDays: number | null
}

/** Counts what goes with what over all customers, with order and distance, normalised by popularity; keeps the strongest edges. */
export function fitCoOccurrence(
  data: TimedInteractions,
  untilMs: number,
  parameters: CoOccurrenceParameters,
  sources?: Sources,
): Graph {
  const { edgesPerItem, sourceExponent, targetExponent } = parameters
  const steps = stepsInTime(data)
  const stepWeights = weightsOfSteps(steps, parameters)
  const targetWeights = data.confidence.map((c, e) => c * fade(untilMs - data.lastAt[e]!, parameters.pairHalfLifeDays))
  const byItem = occurrencesOf(data.offsets, data.indexes, data.items)
  const popularity = popularityOf(data)
  const sourceScale = popularity.map((count) => count ** -sourceExponent)
  const targetScale = popularity.map((count) => count ** -targetExponent)
  const write = (source: number, row: SparseScores) => {
    countPairs(data, byItem, targetWeights, steps, stepWeights, source, parameters, row)
    for (let n = 0; n < row.count; n++) {
      const target = row.rows[n]!
      row.values[target]! *= sourceScale[source]! * targetScale[target]!
    }
  }
  return collectGraph(data.items, edgesPerItem, write, { sources })
}

function countPairs(
  { offsets, indexes, confidence }: TimedInteractions,
  byItem: Occurrences,
  targetWeights: Float32Array,
  steps: Int32Array,
  { forward, backward }: { forward: Float64Array; backward: Float64Array },
  source: number,
  { customerExponent }: CoOccurrenceParameters,
  row: SparseScores,
): void {
  for (let n = byItem.offsets[source]!; n < byItem.offsets[source + 1]!; n++) {
    const from = byItem.entry[n]!
    const customer = byItem.group[n]!
    const [start, end] = [offsets[customer]!, offsets[customer + 1]!]
    const share = confidence[from]! / (end - start) ** customerExponent
    for (let to = start; to < end; to++) {
      const step = steps[to]! - steps[from]!
      const target = indexes[to]!
      addScore(row, target, share * targetWeights[to]! * (step >= 0 ? forward[step]! : backward[-step]!))
    }
  }
}

/** For each entry the number of distinct earlier times of its customer. */
function stepsInTime({ customers, offsets, lastAt }: TimedInteractions): Int32Array {
  const steps = new Int32Array(lastAt.length)
  for (let customer = 0; customer < customers; customer++) {
    const [start, end] = [offsets[customer]!, offsets[customer + 1]!]
    const times = [...new Set(lastAt.subarray(start, end))].sort((a, b) => a - b)
    const stepOf = new Map(times.map((time, step) => [time, step]))
    for (let entry = start; entry < end; entry++) steps[entry] = stepOf.get(lastAt[entry]!)!
  }
  return steps
}

function weightsOfSteps(steps: Int32Array, { distanceExponent, backward }: CoOccurrenceParameters) {
  const longest = steps.reduce((a, b) => Math.max(a, b), 0)
  const forward = Float64Array.from({ length: longest + 1 }, (_, step) => (1 + step) ** -distanceExponent)
  return { forward, backward: forward.map((weight) => weight * backward) }
}

function popularityOf({ items, indexes, confidence }: TimedInteractions): Float64Array {
  const popularity = new Float64Array(items)
  indexes.forEach((item, e) => {
    popularity[item]! += confidence[e]!
  })
  return popularity
}
