import type { History } from "../../src/core/history/history.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import type { Past } from "./past.ts"

/** What somebody, known by this history, went on to want. */
export interface EvaluationQuery {
  /** Whose question it is, a number; without one it is somebody's of their own. */
  customer?: number
  history: History
  repeats: Repeats
  /** Item ids; not empty. */
  relevant: ReadonlySet<string>
}

/** A past and what was asked right after it: what learning may look at. */
export interface Window {
  past: Past
  queries: readonly EvaluationQuery[]
}

/** Whether a window is large enough for what it takes to start a thread on it. */
export const isWorthThread = ({ past, queries }: Window): boolean => past.histories.length + queries.length > 2000

/** At most `limit`, spread evenly. */
export function spread<T>(all: readonly T[], limit: number): T[] {
  const stride = Math.max(1, all.length / limit)
  return Array.from({ length: Math.min(limit, all.length) }, (_, n) => all[Math.floor(n * stride)]!)
}

/** Every seventh first, then the next of each: however many are taken, they are spread evenly. */
export function shuffledEvenly<T>(all: readonly T[]): T[] {
  const strides = 7
  return Array.from({ length: strides }, (_, first) => all.filter((_, n) => n % strides === first)).flat()
}
