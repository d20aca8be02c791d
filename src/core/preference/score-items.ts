import type { History } from "../history/history.ts"
import type { Parts } from "./blend.ts"
import { confidencesOf, type TimedInteractions } from "./confidences.ts"
import { foldIn, scoreAll } from "./factors.ts"
import { scoreHabit } from "./habit.ts"
import { intentQuery, type SparseQuery, scoreNeighbors, tasteQuery } from "./neighbors.ts"
import { popularityFor } from "./popularity.ts"
import type { Release } from "./release.ts"

/** What each model makes of one customer; one score an item and part. */
export interface PartScores {
  parts: Parts
  interactions: TimedInteractions
  taste: SparseQuery
  intent: SparseQuery
}

/** Scores every item of the release with every model; `vector` is the customer's of this release, folded here when absent. */
export function scoreParts(
  { history, vector, nowMs }: { history: History; vector: Float32Array | null; nowMs: number },
  release: Release,
): PartScores {
  const { items, factors, neighbors, habit, popularity } = release
  const interactions = confidencesOf(history, items, release.confidence)
  const taste = tasteQuery(interactions, neighbors)
  const intent = intentQuery(history, items, neighbors)
  const zeros = () => new Float32Array(items.ids.length)
  const [byFactors, byNeighbors, byIntent, byHabit] = [zeros(), zeros(), zeros(), zeros()]
  scoreAll(factors, vector ?? foldIn(factors, interactions), byFactors)
  scoreNeighbors(neighbors, taste, byNeighbors)
  scoreNeighbors(neighbors, intent, byIntent)
  scoreHabit(habit, history, items, nowMs, byHabit)
  const parts = {
    factors: byFactors,
    neighbors: byNeighbors,
    intent: byIntent,
    habit: byHabit,
    popularity: popularityFor(popularity, history),
  }
  return { parts, interactions, taste, intent }
}
