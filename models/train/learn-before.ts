import type { Item } from "../../src/core/catalogue/item.ts"
import { interactionKind } from "../../src/core/history/event-table.ts"
import { msPerDay } from "../../src/core/preference/confidences.ts"
import { ApiError } from "../../src/core/problem.ts"
import { casesOf } from "../evaluate/cases.ts"
import { type Dataset, historiesOf } from "./dataset.ts"
import { type Past, pastOf } from "./fit-release.ts"
import { type Learned, type LearnOptions, learn } from "./learn.ts"
import type { Question, Window } from "./window.ts"

export interface LearnBeforeOptions extends LearnOptions {
  /** Length of each of the two windows that are learnt from, in days. */
  horizonDays: number
  /** Items with or without events; what they say of themselves places them. */
  catalogue?: readonly Item[]
}

/** Chooses on the two windows before `cut` and fits everything before `cut`; sees nothing later. */
export async function learnBefore(dataset: Dataset, cut: number, options: LearnBeforeOptions): Promise<Learned> {
  const { horizonDays, catalogue } = options
  const windowUntil = (until: number) => windowOf(dataset, until - horizonDays * msPerDay, until, catalogue)
  const later = windowUntil(cut)
  const earlier = windowUntil(cut - horizonDays * msPerDay)
  const enough = [earlier, later].every(({ past, questions }) => past.items.ids.length > 0 && questions.length > 0)
  return learn({ windows: enough ? { earlier, later } : null, past: pastBefore(dataset, cut, catalogue) }, options)
}

/** Everything before `cut`. */
export const pastBefore = (dataset: Dataset, cut: number, catalogue?: readonly Item[]): Past =>
  pastOf(historiesOf(dataset, { until: cut }), cut, catalogue)

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
function windowOf(dataset: Dataset, cut: number, until: number, catalogue?: readonly Item[]): Window {
  const past = pastOf(historiesOf(dataset, { until: cut }), cut, catalogue)
  const questions = casesOf(dataset, { cut, until }, past.histories).flatMap(({ history, relevant }): Question[] => [
    { history, repeats: "allowed", wanted: relevant.all },
    { history, repeats: "excluded", wanted: relevant.firstTime },
  ])
  return { past, questions: questions.filter(({ wanted }) => wanted.size > 0) }
}
