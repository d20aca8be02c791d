import { sortByScore } from "./best-rows.ts"
import { rankerFeatures } from "./features.ts"
import { rankerOf, runScorers, type ScoringQuestion, workspaceOf } from "./score-items.ts"
import type { ScorerResults } from "./scorer-results.ts"
import type { Repeats, ScorerName } from "./scorers.ts"
import type { TasteModels } from "./taste-models.ts"

export interface RankingQuestion extends ScoringQuestion {
  repeats: Repeats
}

/** The items that any scorer puts among its best, as the ranker orders them; it depends on no filter and no given list. */
export interface RankedCandidates {
  /** Best first; equal ones by row. */
  readonly rows: Int32Array
  /** The ranker's score of each of `rows`. */
  readonly scores: Float64Array
  /** The same rows in the order of `features`. */
  readonly candidates: Int32Array
  /** `candidates` × width. */
  readonly features: Float32Array
  readonly results: ScorerResults
  /** The prior of every row, where the ranking outlives the scores in `results`, which the release's next question overwrites. */
  readonly priors?: Float32Array
}

/** Ranks one customer's candidates for several lists. */
export type Rankings = typeof rankCandidates

/** Orders a customer's candidates among the rows `sellable` (mask, 1 = yes; without what the repeat policy leaves out). */
export function rankCandidates(
  question: RankingQuestion,
  release: TasteModels,
  sellable: Uint8Array,
): RankedCandidates {
  const { candidates, features, results } = candidateFeatures(question, release, sellable)
  const count = candidates.length
  const scores = rankerOf(release, question.repeats).score(features, count).slice(0, count)
  const rows = candidates.slice()
  sortByScore(rows, scores, count)
  return { rows, scores, candidates, features, results }
}

/**
 * Returns `rankCandidates` for one customer's lists of one page: what was ranked before at the same time, by the same release and repeat
 * policy, among the same rows, is not ranked again.
 */
export function createRankings(): Rankings {
  const known: { question: RankingQuestion; release: TasteModels; sellable: Uint8Array; ranked: RankedCandidates }[] =
    []
  return (question, release, sellable) => {
    const before = known.find(
      (one) => one.release === release && isSameRanking(one.question, question) && isSameMask(one.sellable, sellable),
    )
    if (before) return before.ranked
    const ranked = rankCandidates(question, release, sellable)
    const { scorers } = release.blend[question.repeats]
    const priors = Float32Array.from(sellable, (_, row) => priorOf(row, ranked.results, scorers))
    known.push({ question, release, sellable: sellable.slice(), ranked: { ...ranked, priors } })
    return known.at(-1)!.ranked
  }
}

const isSameRanking = (a: RankingQuestion, b: RankingQuestion): boolean =>
  a.repeats === b.repeats && a.nowMs === b.nowMs && a.history === b.history && a.vector === b.vector

function isSameMask(a: Uint8Array, b: Uint8Array): boolean {
  for (let row = 0; row < a.length; row++) if (a[row] !== b[row]) return false
  return a.length === b.length
}

/** Returns a question's candidates and their features; the ranker is fitted on them and scores them. */
export function candidateFeatures(
  question: RankingQuestion,
  release: TasteModels,
  sellable: Uint8Array,
): { candidates: Int32Array; features: Float32Array; results: ScorerResults } {
  const { scorers, candidatesPerScorer, maxCandidates } = release.blend[question.repeats]
  const { slotOf, featureTable } = workspaceOf(release)
  const results = runScorers(question, release, scorers, sellable, candidatesPerScorer)
  const candidates = chooseCandidates(results, scorers, maxCandidates, slotOf)
  candidates.forEach((row, slot) => {
    slotOf[row] = slot
  })
  const { history, nowMs } = question
  const context = { history, nowMs, steps: results.steps }
  const features = rankerFeatures(candidates, slotOf, scorers, results, featureTable, context, release.items)
  for (const row of candidates) slotOf[row] = -1
  return { candidates, features, results }
}

/** Every scorer's best rows; if they are more than `most`, those with the highest prior. */
function chooseCandidates(
  results: ScorerResults,
  scorers: readonly ScorerName[],
  most: number,
  slotOf: Int32Array,
): Int32Array {
  const rows: number[] = []
  for (const scorer of scorers) {
    for (const row of results.top[scorer]) {
      if (slotOf[row] !== -1) continue
      slotOf[row] = 0
      rows.push(row)
    }
  }
  for (const row of rows) slotOf[row] = -1
  if (rows.length <= most) return Int32Array.from(rows)
  const chosen = Int32Array.from(rows)
  const priors = Float64Array.from(rows, (row) => priorOf(row, results, scorers))
  sortByScore(chosen, priors, chosen.length)
  return chosen.slice(0, most)
}

/** The sum of the scorers' scores of a row, each relative to the scorer's highest: the order of what is no candidate. */
export function priorOf(row: number, { scores, highest }: ScorerResults, scorers: readonly ScorerName[]): number {
  let prior = 0
  for (const scorer of scorers) {
    if (highest[scorer] > 0) prior += Math.max(0, scores[scorer].values[row]!) / highest[scorer]
  }
  return prior
}
