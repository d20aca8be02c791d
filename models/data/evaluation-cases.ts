import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import type { History } from "../../src/core/history/history.ts"
import { isKept } from "../../src/core/history/net-purchases.ts"
import { type Dataset, historiesOf, purchasesOf } from "./dataset.ts"

/** `all`: everything bought in the horizon, repeats allowed. `firstTime`: what was never bought before, bought items left out. */
export const evaluationQuestions = ["all", "firstTime"] as const
export type EvaluationQuestion = (typeof evaluationQuestions)[number]

/** A customer who bought something in the horizon, as known at its beginning. */
export interface EvaluationCase {
  customerId: string
  /** Their row of the dataset. */
  customer: number
  history: History
  /** Items that an ideal answer shows; empty where the customer has no such query. */
  relevant: Readonly<Record<EvaluationQuestion, ReadonlySet<string>>>
}

export interface Horizon {
  /** Milliseconds since the epoch; the past ends and the horizon begins. */
  cut: number
  until: number
}

/** Everybody who bought in the horizon, with their history before it; whom nobody knew before is a cold start. */
export function evaluationCases(
  dataset: Dataset,
  { cut, until }: Horizon,
  histories?: readonly History[],
): EvaluationCase[] {
  const pasts = histories ?? historiesOf(dataset, { until: cut })
  return purchasesOf(dataset, { from: cut, until }).flatMap((rows, customer) => {
    if (rows.size === 0) return []
    const history = pasts[customer]!
    const bought = [...rows].map((row) => dataset.itemIds[row]!)
    const isNew = (itemId: string) => !isKept(history, itemId)
    const relevant = { all: new Set(bought), firstTime: new Set(bought.filter(isNew)) }
    return [{ customerId: dataset.customerIds[customer]!, customer, history, relevant }]
  })
}

/** Says if anybody bought anything in the horizon. */
export const anyPurchaseWithin = (dataset: Dataset, { cut, until }: Horizon): boolean =>
  purchasesOf(dataset, { from: cut, until }).some(({ size }) => size > 0)

/** Every item anybody ever touched, all on sale: what stock was at the time is not known. */
export const fullCatalogue = ({ itemIds }: Dataset): Catalogue => catalogueOfIds(itemIds)

/** A catalogue of which nothing but the ids is known, all on sale. */
export const catalogueOfIds = (itemIds: readonly string[]): Catalogue => ({
  version: 1,
  items: new Map(itemIds.map((id) => [id, { id, title: id }])),
  offers: new Map(),
})
