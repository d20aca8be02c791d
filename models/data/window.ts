import type { History } from "../../src/core/history/history.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import type { Past } from "./past.ts"

/** A customer's history, and the items that were relevant right after it. */
export interface EvaluationQuery {
  /** The customer's number; without one the query counts as a customer of its own. */
  customer?: number
  history: History
  repeats: Repeats
  /** Item ids; not empty. */
  relevant: ReadonlySet<string>
}

/** A past, and the queries right after it. */
export interface Window {
  past: Past
  queries: readonly EvaluationQuery[]
}

/** Says if a window is worth the time that a thread takes to start. */
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
