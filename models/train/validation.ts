import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import type { Repeats } from "../../src/core/preference/blend.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import { topRows } from "../../src/core/preference/top-rows.ts"
import { type Case, fullCatalogue } from "../evaluate/cases.ts"
import type { Dataset } from "./dataset.ts"
import type { Past } from "./fit-release.ts"

/** What one customer wants under one repeat policy. */
export interface ValidationQuestion {
  repeats: Repeats
  /** A byte a row, 1 where it may be answered. */
  eligible: Uint8Array
  relevantRows: ReadonlySet<number>
  /** With the items that no row stands for. */
  wanted: number
}

/** One customer of the validation window with the questions they put. */
export interface ValidationCase {
  case: Case
  questions: readonly ValidationQuestion[]
}

const depth = 20

/** At most `limit` customers, spread evenly over all. */
export function validationCases(
  cases: readonly Case[],
  { items, untilMs }: Past,
  dataset: Dataset,
  limit: number,
): ValidationCase[] {
  const catalogue = fullCatalogue(dataset)

  const stride = Math.max(1, cases.length / limit)
  const chosen = Array.from({ length: Math.min(limit, cases.length) }, (_, n) => cases[Math.floor(n * stride)]!)
  return chosen.map((one) => {
    const questionOf = (repeats: Repeats, relevant: ReadonlySet<string>): ValidationQuestion => ({
      repeats,
      eligible: eligibleRows(items, catalogue, { history: one.history, nowMs: untilMs, repeats }),
      relevantRows: new Set([...relevant].flatMap((id) => items.indexOf.get(id) ?? [])),
      wanted: relevant.size,
    })
    const questions = [questionOf("allowed", one.relevant.all), questionOf("excluded", one.relevant.firstTime)]
    return { case: one, questions: questions.filter(({ wanted }) => wanted > 0) }
  })
}

/** The NDCG@20 of ranking a question's eligible rows by these scores. */
export function questionQuality({ eligible, relevantRows, wanted }: ValidationQuestion, scores: Float32Array): number {
  let gain = 0
  topRows(scores, eligible, depth).forEach((row, place) => {
    if (relevantRows.has(row)) gain += discount(place)
  })
  return gain / idealGain(Math.min(depth, wanted))
}

/** The mean NDCG@20 over all questions of the policies named, of scores written for each case. */
export function scoresQuality(
  cases: readonly ValidationCase[],
  policies: readonly Repeats[],
  items: number,
  scoreInto: (one: Case, out: Float32Array) => void,
): number {
  const out = new Float32Array(items)
  const values: number[] = []
  for (const { case: one, questions } of cases) {
    scoreInto(one, out)
    for (const question of questions) {
      if (policies.includes(question.repeats)) values.push(questionQuality(question, out))
    }
  }
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
