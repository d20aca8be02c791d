import type { Item } from "../../src/core/catalogue/item.ts"
import { interactionKind } from "../../src/core/history/event-table.ts"
import { ApiError } from "../../src/core/problem/problem.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import { type Dataset, type HistoriesBefore, historyFolder } from "../data/dataset.ts"
import { evaluationCases, type Horizon } from "../data/evaluation-cases.ts"
import { pastOf } from "../data/past.ts"
import type { EvaluationQuery, Window } from "../data/window.ts"
import { type Learned, type LearnOptions, learn, type TrainingWindows } from "./learn.ts"

export interface TrainUntilCutoffOptions extends LearnOptions {
  /** Length of each of the two windows that are learnt from, in days. */
  horizonDays: number
  /** Windows to validate on: more than two where these hold few queries (the default), or the two latest. */
  windows?: "as many as it takes" | "the two latest"
  /** Folds the data set's histories; by default one of its own. */
  histories?: HistoriesBefore
  /** Items with or without events; their attributes place those without. */
  catalogue?: readonly Item[]
}

/** Chooses on the two windows before `cut` and fits everything before `cut`; sees nothing later. */
export async function trainUntilCutoff(
  dataset: Dataset,
  cut: number,
  options: TrainUntilCutoffOptions,
): Promise<Learned> {
  const { histories = historyFolder(dataset), catalogue } = options
  const windows = windowsBefore(dataset, cut, { ...options, histories })
  return learn({ windows, past: pastOf(histories(cut), cut, catalogue) }, options)
}

/** Queries that suffice for validation; with fewer, earlier windows are added. */
const enoughQueries = 1000
const mostWindows = 8
/** The share of the past that no window may reach into: every window's own past is at least so long. */
const leastPast = 1 / 3

/** Returns the two windows before `cut`, and earlier ones while they hold too few queries; `null` without two windows that have any. */
function windowsBefore(
  dataset: Dataset,
  cut: number,
  {
    horizonDays,
    catalogue,
    histories,
    windows = "as many as it takes",
  }: TrainUntilCutoffOptions & { histories: HistoriesBefore },
): TrainingWindows["windows"] {
  const length = horizonDays * dayMs
  const earliest = dataset.firstAt + leastPast * (cut - dataset.firstAt)
  /** The earliest past first: what comes after it goes on from there. */
  histories(cut - 2 * length)
  const found: Window[] = []
  const isEnough = () => {
    const count = found.slice(0, -1).reduce((sum, { queries }) => sum + queries.length, 0)
    return found.length >= 2 && (windows === "the two latest" || count >= enoughQueries)
  }
  for (let n = 0; n < mostWindows && !isEnough(); n++) {
    const until = cut - n * length
    if (n >= 2 && until - length < earliest) break
    const window = windowOf(dataset, { cut: until - length, until }, histories, catalogue)
    if (hasQueries(window)) found.push(window)
  }
  const [later, earlier, ...before] = found
  return later && earlier ? { later, earlier, before } : null
}

const hasQueries = ({ past, queries }: Window): boolean => past.items.ids.length > 0 && queries.length > 0

/** Throws `conflict` when nobody did anything with an item before `until`. */
export function requireEvents(dataset: Dataset, until: number): void {
  if (hasInteractions(dataset, until)) return
  const when = Number.isFinite(until) ? ` before ${new Date(until).toISOString()}` : ""
  throw new ApiError(
    "conflict",
    `no event${when} says which item somebody viewed or bought: send events, or import a file of orders, then try again`,
  )
}

/** Says if any customer interacted with an item before `cut`. */
export const hasInteractions = (dataset: Dataset, cut: number): boolean =>
  dataset.at.some((at, e) => at < cut && interactionKind(dataset.names[dataset.name[e]!]!) !== "return")

/** Makes two queries of each customer who bought in `[cut, until)`: for everything, and for items never bought before. */
function windowOf(
  dataset: Dataset,
  { cut, until }: Horizon,
  histories: HistoriesBefore,
  catalogue?: readonly Item[],
): Window {
  const past = pastOf(histories(cut), cut, catalogue)
  const queries = evaluationCases(dataset, { cut, until }, past.histories).flatMap(
    ({ customer, history, relevant }): EvaluationQuery[] => [
      { customer, history, repeats: "allowed", relevant: relevant.all },
      { customer, history, repeats: "excluded", relevant: relevant.firstTime },
    ],
  )
  return { past, queries: queries.filter(({ relevant }) => relevant.size > 0) }
}
