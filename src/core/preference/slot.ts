import type { Reason } from "./reasons.ts"

/** One place of an answer. */
export interface Slot {
  itemId: string
  /** Its share of the customer's next choice among all candidates, without a release of everybody's interest; for an item the release does not know, the mean of its neighbours' by content; 0 beyond them. */
  score: number
  reasons: readonly Reason[]
}
