import { type ConfidenceWeights, confidencesOf, type TimedInteractions } from "../../src/core/preference/confidences.ts"
import { type Graph, scoreNeighbors, sessionQuery } from "../../src/core/preference/neighbors.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import { type SessionSteps, sessionStepsOf } from "../../src/core/preference/session-steps.ts"
import type { SparseScores } from "../../src/core/preference/sparse-scores.ts"
import type { Window } from "../data/window.ts"
import type { Axes } from "./coordinate-search.ts"
import { evaluateQueries, type PreparedQuery, prepareQueries } from "./evaluation-queries.ts"
import { withoutTime } from "./search-axes.ts"
import type { QueryResults } from "./validation.ts"

/** Queries prepared of each trial at most, of one window and of several together. */
const maxQueries = { alone: 1000, together: 2000 }

/** A window's queries as trials ask them. */
export interface SearchedWindow extends Window {
  prepared: readonly PreparedQuery[]
  /** Evaluates scores on all queries, on those that allow repeats, or on those that measure a graph. */
  qualityOf: (kind: QueryKind, score: (query: PreparedQuery, out: SparseScores) => void) => QueryResults
  /** Evaluates a graph queried with the latest session steps. */
  sessionQuality: (graph: Graph, decay: number) => QueryResults
  stepsOf: (query: PreparedQuery) => SessionSteps
  /** The items in the histories of queries (mask, 1 = yes): only their rows of a graph are fitted. */
  sources: Uint8Array
  interactionsOf: (weights: ConfidenceWeights) => (query: PreparedQuery) => TimedInteractions
  /** The axes without those that time alone gives a meaning, where nothing has a time. */
  timely: <P extends object>(axes: Axes<P>) => Axes<P>
}

type QueryKind = "all" | "allowed" | "graph"

/** Windows as trials ask them, each with its share of the queries. */
export const searchedWindows = (windows: readonly Window[]): SearchedWindow[] => {
  const limit = windows.length === 1 ? maxQueries.alone : Math.ceil(maxQueries.together / windows.length)
  return windows.map((window) => searchedWindow(window, limit))
}

function searchedWindow(window: Window, limit: number): SearchedWindow {
  const { histories, items } = window.past
  const prepared = prepareQueries(window, limit)
  const everybody: readonly Repeats[] = ["allowed", "excluded"]
  /** A graph is evaluated on first purchases, if any query is of one: an item is never its own neighbour. */
  const anew: readonly Repeats[] = prepared.some(({ repeats }) => repeats === "excluded") ? ["excluded"] : everybody
  const policies = { all: everybody, allowed: ["allowed"], graph: anew } as const
  const steps = new Map(prepared.map((one) => [one, sessionStepsOf(one.history, items)]))
  const sources = new Uint8Array(items.ids.length)
  for (const { history } of prepared) {
    for (const id of Object.keys(history.items)) {
      const row = items.indexOf.get(id)
      if (row !== undefined) sources[row] = 1
    }
  }
  for (const { rows } of steps.values()) for (const row of rows) sources[row] = 1
  const hasTimes = histories.some(({ firstAt, lastAt }) => firstAt !== lastAt)
  const qualityOf: SearchedWindow["qualityOf"] = (kind, score) =>
    evaluateQueries(prepared, policies[kind], items.ids.length, score)
  return {
    ...window,
    prepared,
    sources,
    qualityOf,
    sessionQuality: (graph, decay) =>
      qualityOf("graph", (one, out) => scoreNeighbors(graph, sessionQuery(steps.get(one)!, decay), out)),
    stepsOf: (query) => steps.get(query)!,
    interactionsOf: (weights) => {
      const pasts = new Map(prepared.map((one) => [one, confidencesOf(one.history, items, weights)]))
      return (query) => pasts.get(query)!
    },
    timely: (axes) => (hasTimes ? axes : withoutTime(axes)),
  }
}
