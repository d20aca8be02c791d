import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import { clearScores, type SparseScores, sparseScores, topScores } from "../../src/core/preference/sparse-scores.ts"
import { catalogueOfIds } from "../data/evaluation-cases.ts"
import { type EvaluationQuery, spread, type Window } from "../data/window.ts"
import type { QueryResults } from "./validation.ts"

/** A query with the rows that may answer it (mask, 1 = yes) and those that should. */
export interface PreparedQuery extends EvaluationQuery {
  eligible: Uint8Array
  relevantRows: ReadonlySet<number>
  customerNumber: number
}

const depth = 20

/** Prepares at most `limit` of a window's queries, spread evenly. */
export function prepareQueries({ past, queries }: Window, limit: number): PreparedQuery[] {
  const { items, untilMs } = past
  const catalogue = catalogueOfIds(items.ids)
  const everything = new Uint8Array(items.ids.length).fill(1)
  return spread(queries, limit).map((query, n) => {
    const { history, repeats, relevant } = query
    const eligible =
      repeats === "allowed" ? everything : eligibleRows(items, catalogue, { history, repeats, nowMs: untilMs })
    const customerNumber = query.customer ?? -1 - n
    return {
      ...query,
      customerNumber,
      eligible,
      relevantRows: new Set([...relevant].flatMap((id) => items.indexOf.get(id) ?? [])),
    }
  })
}

/** Returns the NDCG@20 of scores on each query of these policies; an unknown item counts as missed. */
export function evaluateQueries(
  prepared: readonly PreparedQuery[],
  policies: readonly Repeats[],
  items: number,
  score: (query: PreparedQuery, out: SparseScores) => void,
): QueryResults {
  const out = sparseScores(items)
  const values: number[] = []
  const customers: number[] = []
  for (const query of prepared) {
    if (!policies.includes(query.repeats)) continue
    clearScores(out)
    score(query, out)
    let gain = 0
    topScores(out, query.eligible, depth).forEach((row, place) => {
      if (query.relevantRows.has(row)) gain += discount(place)
    })
    values.push(gain / idealGain(Math.min(depth, query.relevant.size)))
    customers.push(query.customerNumber)
  }
  return { values, customers }
}

/** Sets the scores of all rows. */
export function setScores(out: SparseScores, values: Float32Array): void {
  out.values.set(values)
  out.count = 0
  for (let row = 0; row < values.length; row++) if (values[row] !== 0) out.rows[out.count++] = row
}
