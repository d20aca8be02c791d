import { discount, idealGain } from "../../../src/core/measure/ranking-metrics.ts"
import { recommend } from "../../../src/core/preference/recommend.ts"
import type { Slot } from "../../../src/core/preference/slot.ts"
import type { Release } from "../../../src/core/release/release.ts"
import { catalogueOfIds } from "../../data/evaluation-cases.ts"
import type { EvaluationQuery } from "../../data/window.ts"
import type { Format } from "./formats.ts"

/** Means or sums over queries; which figures depends on the format. */
export type Figures = Readonly<Record<string, number>>

/** Beyond the counted places, so that equal scores at the edge share their mean rank. */
const margin = 20

export type Measured = Pick<Format, "depth" | "figures">

/** Returns sums of the figures over queries, by the serving function over the full catalogue. */
export function measure(
  release: Release,
  queries: readonly EvaluationQuery[],
  catalogueIds: readonly string[],
  format: Measured,
  nowMs: number,
): Figures {
  const catalogue = catalogueOfIds(catalogueIds)
  const sums = new Map<string, number>()
  for (const { history, repeats, relevant } of queries) {
    const query = { history, repeats, vector: null, limit: format.depth + margin, nowMs, explain: false }
    const ranks = ranksOf(recommend(query, release, catalogue), relevant)
    for (const [name, value] of Object.entries(figuresOf(format, ranks, relevant.size))) {
      sums.set(name, (sums.get(name) ?? 0) + value)
    }
  }
  return Object.fromEntries(sums)
}

/** Returns the ranks of the relevant items, from 1; equal scores share their mean rank. */
function ranksOf(slots: readonly Slot[], relevant: ReadonlySet<string>): number[] {
  const ranks: number[] = []
  for (let start = 0; start < slots.length; ) {
    let end = start + 1
    const { score } = slots[start]!
    while (score > 0 && end < slots.length && slots[end]!.score === score) end++
    for (let n = start; n < end; n++) if (relevant.has(slots[n]!.itemId)) ranks.push((start + 1 + end) / 2)
    start = end
  }
  return ranks
}

function figuresOf({ depth, figures }: Measured, ranks: readonly number[], relevant: number): Record<string, number> {
  const hits = ranks.filter((rank) => rank <= depth)
  const gain = hits.reduce((sum, rank) => sum + discount(rank - 1), 0)
  const all = {
    recall: hits.length / relevant,
    ndcg: gain / idealGain(Math.min(depth, relevant)),
    wholeNdcg: gain / idealGain(relevant),
    hr: hits.length > 0 ? 1 : 0,
    p: (100 * hits.length) / relevant,
    mrr: hits.length === 0 ? 0 : 100 / Math.min(...hits),
  }
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, all[figure]]))
}
