import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import type { Repeats } from "../../src/core/preference/parts.ts"
import { clearScores, type SparseScores, sparseScores, topScores } from "../../src/core/preference/sparse-scores.ts"
import { catalogueNaming } from "../evaluate/cases.ts"
import { type Question, spread, type Window } from "./window.ts"

/** A question with the rows that may answer it (mask, 1 = yes) and those that should. */
export interface Asked extends Question {
  sellable: Uint8Array
  wantedRows: ReadonlySet<number>
}

const depth = 20

/** At most `limit` of a window's questions, spread evenly. */
export function askedOf({ past, questions }: Window, limit: number): Asked[] {
  const { items, untilMs } = past
  const catalogue = catalogueNaming(items.ids)
  const everything = new Uint8Array(items.ids.length).fill(1)
  return spread(questions, limit).map((question) => {
    const { history, repeats, wanted } = question
    const sellable =
      repeats === "allowed" ? everything : eligibleRows(items, catalogue, { history, repeats, nowMs: untilMs })
    return { ...question, sellable, wantedRows: new Set([...wanted].flatMap((id) => items.indexOf.get(id) ?? [])) }
  })
}

/** The mean NDCG@20 of scores, over the questions of these policies; items nobody knows count as missed. */
export function meanQuality(
  asked: readonly Asked[],
  policies: readonly Repeats[],
  items: number,
  score: (question: Asked, out: SparseScores) => void,
): number {
  const out = sparseScores(items)
  let total = 0
  let count = 0
  for (const question of asked) {
    if (!policies.includes(question.repeats)) continue
    clearScores(out)
    score(question, out)
    let gain = 0
    topScores(out, question.sellable, depth).forEach((row, place) => {
      if (question.wantedRows.has(row)) gain += discount(place)
    })
    total += gain / idealGain(Math.min(depth, question.wanted.size))
    count++
  }
  return total / Math.max(1, count)
}

/** Sets the scores of all rows. */
export function setScores(out: SparseScores, values: Float32Array): void {
  out.values.set(values)
  out.count = 0
  for (let row = 0; row < values.length; row++) if (values[row] !== 0) out.rows[out.count++] = row
}
