import { fade } from "../../src/core/preference/confidences.ts"
import type { Graph } from "../../src/core/preference/neighbors.ts"
import { addScore, type SparseScores } from "../../src/core/preference/sparse-scores.ts"
import type { ItemGroups } from "../data/item-groups.ts"
import { occurrencesOf } from "../data/occurrences.ts"
import { collectGraph, type Sources } from "../neighbors/collect-graph.ts"

export interface TogetherParameters {
  /** Edges kept of each item. */
  edgesPerItem: number
  /** A group of n items counts 1 / n^sizeExponent for each pair. */
  sizeExponent: number
  /** Shares are divided by the target's share of all groups to this power: 0 finds what is most likely, 1 what is most special. */
  targetExponent: number
  /** A pair seen in n groups keeps n / (n + support) of its weight. */
  support: number
  /** Half-life of a group by its age, in days. */
  halfLifeDays: number | null
  /** Items d places apart count 1 / d^distanceExponent … */
  distanceExponent: number
  /** … and against the order of places this much of it. */
  backward: number
}

/** Learns what is in the groups that an item is in: the faded share of them, shrunk where few tell of it. */
export function fitTogether(
  groups: ItemGroups,
  items: number,
  untilMs: number,
  parameters: TogetherParameters,
  sources?: Sources,
): Graph {
  const { edgesPerItem, sizeExponent, targetExponent, support, halfLifeDays } = parameters
  const { offsets, rows, at } = groups
  const weightOf = at.map(
    (time, g) => fade(untilMs - time, halfLifeDays) * (offsets[g + 1]! - offsets[g]!) ** -sizeExponent,
  )
  const own = new Float64Array(items)
  let all = 0
  for (let g = 0; g < at.length; g++) {
    all += weightOf[g]!
    for (let n = offsets[g]!; n < offsets[g + 1]!; n++) own[rows[n]!]! += weightOf[g]!
  }
  const special = own.map((weight) => (weight > 0 ? (weight / all) ** -targetExponent : 0))
  const places = occurrencesOf(offsets, rows, items)
  const pairs = new Int32Array(items)
  const write = (source: number, row: SparseScores) => {
    for (let n = places.offsets[source]!; n < places.offsets[source + 1]!; n++) {
      addGroup(groups, places.group[n]!, places.entry[n]!, weightOf, parameters, row, pairs)
    }
    for (let n = 0; n < row.count; n++) {
      const target = row.rows[n]!
      row.values[target]! *= (special[target]! / own[source]!) * (pairs[target]! / (pairs[target]! + support))
      pairs[target] = 0
    }
  }
  return collectGraph(items, edgesPerItem, write, { sources })
}

function addGroup(
  { offsets, rows }: ItemGroups,
  group: number,
  place: number,
  weightOf: Float64Array,
  { distanceExponent, backward }: TogetherParameters,
  row: SparseScores,
  pairs: Int32Array,
): void {
  for (let other = offsets[group]!; other < offsets[group + 1]!; other++) {
    if (other === place) continue
    const near = Math.abs(other - place) ** -distanceExponent * (other > place ? 1 : backward)
    addScore(row, rows[other]!, weightOf[group]! * near)
    pairs[rows[other]!]!++
  }
}
