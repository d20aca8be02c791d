import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import { clearScores, type SparseScores, sparseScores, topScores } from "../../src/core/preference/sparse-scores.ts"
import { catalogueNaming } from "../data/cases.ts"
import { type Question, spread, type Window } from "../data/window.ts"
import type { Judged } from "./validation.ts"

/** A question with the rows that may answer it (mask, 1 = yes) and those that should. */
export interface Asked extends Question {
  sellable: Uint8Array
  wantedRows: ReadonlySet<number>
  whose: number
}

const depth = 20

/** At most `limit` of a window's questions, spread evenly. */
export function askedOf({ past, questions }: Window, limit: number): Asked[] {
  const { items, untilMs } = past
  const catalogue = catalogueNaming(items.ids)
  const everything = new Uint8Array(items.ids.length).fill(1)
  return spread(questions, limit).map((question, n) => {
    const { history, repeats, wanted } = question
    const sellable =
      repeats === "allowed" ? everything : eligibleRows(items, catalogue, { history, repeats, nowMs: untilMs })
    const whose = question.customer ?? -1 - n
    return {
      ...question,
      whose,
      sellable,
      wantedRows: new Set([...wanted].flatMap((id) => items.indexOf.get(id) ?? [])),
    }
  })
}

/** The NDCG@20 of scores on each question of these policies; items nobody knows count as missed. */
export function judge(
  asked: readonly Asked[],
  policies: readonly Repeats[],
  items: number,
  score: (question: Asked, out: SparseScores) => void,
): Judged {
  const out = sparseScores(items)
  const values: number[] = []
  const customers: number[] = []
  for (const question of asked) {
    if (!policies.includes(question.repeats)) continue
    clearScores(out)
    score(question, out)
    let gain = 0
    topScores(out, question.sellable, depth).forEach((row, place) => {
      if (question.wantedRows.has(row)) gain += discount(place)
    })
    values.push(gain / idealGain(Math.min(depth, question.wanted.size)))
    customers.push(question.whose)
  }
  return { values, customers }
}

/** Sets the scores of all rows. */
export function setScores(out: SparseScores, values: Float32Array): void {
  out.values.set(values)
  out.count = 0
  for (let row = 0; row < values.length; row++) if (values[row] !== 0) out.rows[out.count++] = row
}
