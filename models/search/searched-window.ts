import { type ConfidenceWeights, confidencesOf, type TimedInteractions } from "../../src/core/preference/confidences.ts"
import { type Graph, scoreNeighbors, sessionQuery } from "../../src/core/preference/neighbors.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import { type SessionSteps, sessionStepsOf } from "../../src/core/preference/session-steps.ts"
import type { SparseScores } from "../../src/core/preference/sparse-scores.ts"
import type { Window } from "../data/window.ts"
import type { Axes } from "./coordinate-search.ts"
import { type Asked, askedOf, judge } from "./evaluation-queries.ts"
import { withoutTime } from "./search-axes.ts"
import type { Judged } from "./validation.ts"

/** Questions asked of each trial at most, of one window and of several together. */
const maxAsked = { alone: 1000, together: 2000 }

/** A window's questions as trials ask them. */
export interface SearchedWindow extends Window {
  asked: readonly Asked[]
  /** What is found for all questions, those where repeats are allowed, or those that say what a graph finds. */
  qualityOf: (kind: QuestionKind, score: (question: Asked, out: SparseScores) => void) => Judged
  /** What a graph asked with the latest moments finds. */
  momentQuality: (graph: Graph, decay: number) => Judged
  momentsOf: (question: Asked) => SessionSteps
  /** The items that questions are asked with (mask, 1 = yes): no row of a graph but theirs is looked at. */
  sources: Uint8Array
  interactionsOf: (weights: ConfidenceWeights) => (question: Asked) => TimedInteractions
  /** The axes without those that time alone gives a meaning, where nothing has a time. */
  timely: <P extends object>(axes: Axes<P>) => Axes<P>
}

type QuestionKind = "all" | "allowed" | "graph"

/** Windows as trials ask them, each with its share of the questions. */
export const searchedWindows = (windows: readonly Window[]): SearchedWindow[] => {
  const limit = windows.length === 1 ? maxAsked.alone : Math.ceil(maxAsked.together / windows.length)
  return windows.map((window) => searchedWindow(window, limit))
}

function searchedWindow(window: Window, limit: number): SearchedWindow {
  const { histories, items } = window.past
  const asked = askedOf(window, limit)
  const everybody: readonly Repeats[] = ["allowed", "excluded"]
  /** A graph is judged by what it finds anew, where anybody asks for that: an item is never its own neighbour. */
  const anew: readonly Repeats[] = asked.some(({ repeats }) => repeats === "excluded") ? ["excluded"] : everybody
  const policies = { all: everybody, allowed: ["allowed"], graph: anew } as const
  const moments = new Map(asked.map((one) => [one, sessionStepsOf(one.history, items)]))
  const sources = new Uint8Array(items.ids.length)
  for (const { history } of asked) {
    for (const id of Object.keys(history.items)) {
      const row = items.indexOf.get(id)
      if (row !== undefined) sources[row] = 1
    }
  }
  for (const { rows } of moments.values()) for (const row of rows) sources[row] = 1
  const hasTimes = histories.some(({ firstAt, lastAt }) => firstAt !== lastAt)
  const qualityOf: SearchedWindow["qualityOf"] = (kind, score) => judge(asked, policies[kind], items.ids.length, score)
  return {
    ...window,
    asked,
    sources,
    qualityOf,
    momentQuality: (graph, decay) =>
      qualityOf("graph", (one, out) => scoreNeighbors(graph, sessionQuery(moments.get(one)!, decay), out)),
    momentsOf: (question) => moments.get(question)!,
    interactionsOf: (weights) => {
      const pasts = new Map(asked.map((one) => [one, confidencesOf(one.history, items, weights)]))
      return (question) => pasts.get(question)!
    },
    timely: (axes) => (hasTimes ? axes : withoutTime(axes)),
  }
}
