import type { Item } from "../../src/core/catalogue/item.ts"
import { interactionKind } from "../../src/core/history/event-table.ts"
import { msPerDay } from "../../src/core/preference/confidences.ts"
import { ApiError } from "../../src/core/problem/problem.ts"
import { casesOf, type Horizon } from "../data/cases.ts"
import { type Dataset, type HistoriesBefore, historyFolder } from "../data/dataset.ts"
import { pastOf } from "../data/past.ts"
import type { Question, Window } from "../data/window.ts"
import { type Learned, type LearnOptions, type Lessons, learn } from "./learn.ts"

export interface LearnBeforeOptions extends LearnOptions {
  /** Length of each of the two windows that are learnt from, in days. */
  horizonDays: number
  /** Whether windows before the two latest may help out where few questions judge; by default they may. */
  windows?: "as many as it takes" | "the two latest"
  /** Folds the data set's histories; by default one of its own. */
  histories?: HistoriesBefore
  /** Items with or without events; what they say of themselves places them. */
  catalogue?: readonly Item[]
}

/** Chooses on the two windows before `cut` and fits everything before `cut`; sees nothing later. */
export async function learnBefore(dataset: Dataset, cut: number, options: LearnBeforeOptions): Promise<Learned> {
  const { histories = historyFolder(dataset), catalogue } = options
  const windows = windowsBefore(dataset, cut, { ...options, histories })
  return learn({ windows, past: pastOf(histories(cut), cut, catalogue) }, options)
}

/** Questions of the latest windows that say enough; fewer are helped out by earlier windows. */
const enoughQuestions = 1000
const mostWindows = 8
/** The share of the past that no window may reach into: every window's own past is at least so long. */
const leastPast = 1 / 3

/** The two windows before `cut`, and earlier ones while few questions judge; `null` where too little happened to ask. */
function windowsBefore(
  dataset: Dataset,
  cut: number,
  {
    horizonDays,
    catalogue,
    histories,
    windows = "as many as it takes",
  }: LearnBeforeOptions & { histories: HistoriesBefore },
): Lessons["windows"] {
  const length = horizonDays * msPerDay
  const earliest = dataset.firstAt + leastPast * (cut - dataset.firstAt)
  /** The earliest past first: what comes after it goes on from there. */
  histories(cut - 2 * length)
  const found: Window[] = []
  const isEnough = () => {
    const judged = found.slice(0, -1).reduce((sum, { questions }) => sum + questions.length, 0)
    return found.length >= 2 && (windows === "the two latest" || judged >= enoughQuestions)
  }
  for (let n = 0; n < mostWindows && !isEnough(); n++) {
    const until = cut - n * length
    if (n >= 2 && until - length < earliest) break
    const window = windowOf(dataset, { cut: until - length, until }, histories, catalogue)
    if (asks(window)) found.push(window)
  }
  const [later, earlier, ...before] = found
  return later && earlier ? { later, earlier, before } : null
}

const asks = ({ past, questions }: Window): boolean => past.items.ids.length > 0 && questions.length > 0

/** Throws `conflict` when nobody did anything with an item before `until`. */
export function requireEvents(dataset: Dataset, until: number): void {
  if (knowsAnything(dataset, until)) return
  const when = Number.isFinite(until) ? ` before ${new Date(until).toISOString()}` : ""
  throw new ApiError(
    "conflict",
    `no event${when} says which item somebody viewed or bought: send events, or import a file of orders, then try again`,
  )
}

/** Whether anybody did anything with an item before `cut`. */
export const knowsAnything = (dataset: Dataset, cut: number): boolean =>
  dataset.at.some((at, e) => at < cut && interactionKind(dataset.names[dataset.name[e]!]!) !== "return")

/** Who bought in `[cut, until)` asks twice: for everything, and for what they never bought before. */
function windowOf(
  dataset: Dataset,
  { cut, until }: Horizon,
  histories: HistoriesBefore,
  catalogue?: readonly Item[],
): Window {
  const past = pastOf(histories(cut), cut, catalogue)
  const questions = casesOf(dataset, { cut, until }, past.histories).flatMap(
    ({ customer, history, relevant }): Question[] => [
      { customer, history, repeats: "allowed", wanted: relevant.all },
      { customer, history, repeats: "excluded", wanted: relevant.firstTime },
    ],
  )
  return { past, questions: questions.filter(({ wanted }) => wanted.size > 0) }
}
