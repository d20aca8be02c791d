import type { History } from "../../core/history/history.ts"
import type { Release } from "../../core/release/release.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"

/** Returns the inputs for scoring a customer, without a vector of another release, which its factors do not fit. */
export const scoringInputs = (
  { history, vector, vectorRelease }: Pick<CustomerRecord, "history" | "vector" | "vectorRelease">,
  release: Release | null,
): { history: History; vector: Float32Array | null; coldStart: boolean } => ({
  history,
  vector: release !== null && vectorRelease === release.id ? vector : null,
  coldStart: Object.keys(history.items).length === 0,
})
