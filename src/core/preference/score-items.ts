import type { History } from "../history/history.ts"
import { sortByScore } from "./best-rows.ts"
import { confidencesOf } from "./confidences.ts"
import { foldIn, scoreAll } from "./factors.ts"
import { itemFeatureTable } from "./features.ts"
import { scoreHabit } from "./habit.ts"
import { historyQuery, scoreNeighbors, sessionQuery } from "./neighbors.ts"
import { popularityFor } from "./popularity.ts"
import { createRankerKernel, type RankerKernel } from "./ranker-kernel.ts"
import type { ScorerResults } from "./scorer-results.ts"
import { type Repeats, type ScorerName, scorerNames, sessionScorers } from "./scorers.ts"
import { sessionStepsOf } from "./session-steps.ts"
import { type SessionScratch, scoreSessions, sessionScratch } from "./sessions.ts"
import { clearScores, type SparseScores, sparseScores, topScores } from "./sparse-scores.ts"
import type { TasteModels } from "./taste-models.ts"
import { topRows } from "./top-rows.ts"

/** Space for one question to a release, and what does not change between questions. */
export interface Workspace {
  scores: Record<ScorerName, SparseScores>
  sessions: SessionScratch
  /** The rows by overall popularity and by that of first orders, most popular first. */
  byPopularity: { overall: Int32Array; firstOrder: Int32Array }
  featureTable: Float32Array
  /** −1 for every row between questions. */
  slotOf: Int32Array
  rankers: Map<Repeats, RankerKernel>
}

export interface ScoringQuestion {
  history: History
  /** The customer's stored vector, only if it is of this release; `null`: fold the history now. */
  vector: Float32Array | null
  nowMs: number
}

const workspaces = new WeakMap<TasteModels, Workspace>()

export function workspaceOf(release: TasteModels): Workspace {
  const known = workspaces.get(release)
  if (known) return known
  const items = release.items.ids.length
  const scores = Object.fromEntries(scorerNames.map((scorer) => [scorer, sparseScores(items)]))
  const { overall, firstOrder } = release.popularity
  const workspace = {
    scores: scores as Record<ScorerName, SparseScores>,
    sessions: sessionScratch(release.sessions),
    byPopularity: { overall: descending(overall), firstOrder: descending(firstOrder) },
    featureTable: itemFeatureTable(release.popularity, release.habit),
    slotOf: new Int32Array(items).fill(-1),
    rankers: new Map<Repeats, RankerKernel>(),
  }
  workspaces.set(release, workspace)
  return workspace
}

/** The ranker of a repeat policy, loaded once a release; it has room for as many candidates as the blend allows. */
export function rankerOf(release: TasteModels, repeats: Repeats): RankerKernel {
  const { rankers } = workspaceOf(release)
  const known = rankers.get(repeats)
  if (known) return known
  const blend = release.blend[repeats]
  const ranker = createRankerKernel(blend.linear.length, blend.bias.length, blend.maxCandidates)
  ranker.load(blend)
  rankers.set(repeats, ranker)
  return ranker
}

function descending(values: Float32Array): Int32Array {
  const rows = Int32Array.from(values.keys())
  sortByScore(rows, Float64Array.from(values), rows.length)
  return rows
}

/** Scores the items of a release by each of `scorers`, and finds the best `depth` of each among the rows allowed (mask, 1 = yes). */
export function runScorers(
  question: ScoringQuestion,
  release: TasteModels,
  scorers: readonly ScorerName[],
  allowed: Uint8Array,
  depth: number,
): ScorerResults {
  const { history, vector, nowMs } = question
  const { items, factors, neighbors, sessions, habit, popularity } = release
  const workspace = workspaceOf(release)
  const interactions = confidencesOf(history, items, release.confidence)
  const steps = sessionStepsOf(history, items)
  const top = {} as Record<ScorerName, Int32Array>
  const highest = {} as Record<ScorerName, number>
  for (const scorer of scorers) {
    const scores = workspace.scores[scorer]
    clearScores(scores)
    switch (scorer) {
      case "factors":
        scoreAll(factors, vector ?? foldIn(factors, interactions), scores.values)
        break
      case "popularity":
        scores.values.set(popularityFor(popularity, history))
        break
      case "coOccurrence":
      case "slim":
        scoreNeighbors(neighbors.graphs[scorer], historyQuery(interactions, neighbors), scores)
        break
      case "sessions":
        scoreSessions(sessions, steps, workspace.sessions, scores)
        break
      case "habit":
        scoreHabit(habit, history, items, nowMs, scores)
        break
      default:
        scoreNeighbors(neighbors.graphs[sessionScorers[scorer]], sessionQuery(steps, neighbors.decays[scorer]), scores)
    }
    top[scorer] = topOf(scorer, workspace, history, allowed, depth)
    const best = top[scorer][0]
    highest[scorer] = best === undefined ? 0 : Math.max(0, scores.values[best]!)
  }
  return { interactions, steps, scores: workspace.scores, top, highest }
}

function topOf(
  scorer: ScorerName,
  { scores, byPopularity }: Workspace,
  history: History,
  allowed: Uint8Array,
  depth: number,
): Int32Array {
  if (scorer === "factors") {
    const { values } = scores.factors
    return Int32Array.from(topRows(values, allowed, depth)).filter((row) => values[row]! > 0)
  }
  if (scorer !== "popularity") return topScores(scores[scorer], allowed, depth)
  const order = history.orders === 0 ? byPopularity.firstOrder : byPopularity.overall
  const best: number[] = []
  for (let n = 0; n < order.length && best.length < depth; n++) if (allowed[order[n]!] === 1) best.push(order[n]!)
  return Int32Array.from(best)
}
