import { sortByScore } from "./best-rows.ts"
import { featuresOf } from "./features.ts"
import type { PartScores } from "./part-scores.ts"
import { rankerOf, type ScoredQuestion, scoreParts, workspaceOf } from "./score-items.ts"
import type { PartName, Repeats } from "./scorers.ts"
import type { TasteModels } from "./taste-models.ts"

export interface OrderQuestion extends ScoredQuestion {
  repeats: Repeats
}

/** The items that any part puts among its best, as the ranker orders them; it depends on no filter and no given list. */
export interface Ordered {
  /** Best first; equal ones by row. */
  readonly rows: Int32Array
  /** The ranker's score of each of `rows`. */
  readonly scores: Float64Array
  /** The same rows in the order of `features`. */
  readonly candidates: Int32Array
  /** `candidates` × width. */
  readonly features: Float32Array
  readonly scored: PartScores
}

/** Orders a customer's candidates among the rows `sellable` (mask, 1 = yes; without what the repeat policy leaves out). */
export function orderItems(question: OrderQuestion, release: TasteModels, sellable: Uint8Array): Ordered {
  const { candidates, features, scored } = candidateFeatures(question, release, sellable)
  const count = candidates.length
  const scores = rankerOf(release, question.repeats).score(features, count).slice(0, count)
  const rows = candidates.slice()
  sortByScore(rows, scores, count)
  return { rows, scores, candidates, features, scored }
}

/** A question's candidates and their features, as the ranker is taught and asked. */
export function candidateFeatures(
  question: OrderQuestion,
  release: TasteModels,
  sellable: Uint8Array,
): { candidates: Int32Array; features: Float32Array; scored: PartScores } {
  const { parts, depth, most } = release.blend[question.repeats]
  const { slotOf, featureTable } = workspaceOf(release)
  const scored = scoreParts(question, release, parts, sellable, depth)
  const candidates = chooseCandidates(scored, parts, most, slotOf)
  candidates.forEach((row, slot) => {
    slotOf[row] = slot
  })
  const { history, nowMs } = question
  const asked = { history, nowMs, moments: scored.moments }
  const features = featuresOf(candidates, slotOf, parts, scored, featureTable, asked, release.items)
  for (const row of candidates) slotOf[row] = -1
  return { candidates, features, scored }
}

/** Every part's best rows; if they are more than `most`, those with the highest prior. */
function chooseCandidates(
  scored: PartScores,
  parts: readonly PartName[],
  most: number,
  slotOf: Int32Array,
): Int32Array {
  const rows: number[] = []
  for (const part of parts) {
    for (const row of scored.top[part]) {
      if (slotOf[row] !== -1) continue
      slotOf[row] = 0
      rows.push(row)
    }
  }
  for (const row of rows) slotOf[row] = -1
  if (rows.length <= most) return Int32Array.from(rows)
  const chosen = Int32Array.from(rows)
  const priors = Float64Array.from(rows, (row) => priorOf(row, scored, parts))
  sortByScore(chosen, priors, chosen.length)
  return chosen.slice(0, most)
}

/** The sum of the parts' scores of a row, each relative to the part's highest: the order of what is no candidate. */
export function priorOf(row: number, { scores, highest }: PartScores, parts: readonly PartName[]): number {
  let prior = 0
  for (const part of parts) {
    if (highest[part] > 0) prior += Math.max(0, scores[part].values[row]!) / highest[part]
  }
  return prior
}
