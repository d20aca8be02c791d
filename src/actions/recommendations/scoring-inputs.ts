import type { History } from "../../core/history/history.ts"
import type { Release } from "../../core/release/release.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"

/** What ranks items for a customer. A vector of another release is left out, so factors and vector never mix. */
export const scoringInputs = (
  { history, vector, vectorRelease }: Pick<CustomerRecord, "history" | "vector" | "vectorRelease">,
  release: Release | null,
): { history: History; vector: Float32Array | null; coldStart: boolean } => ({
  history,
  vector: release !== null && vectorRelease === release.id ? vector : null,
  coldStart: Object.keys(history.items).length === 0,
})
