import type { History } from "../../core/history/history.ts"
import { foldVector } from "../../core/preference/fold-vector.ts"
import type { Release } from "../../core/release/release.ts"
import type { DerivedVector } from "../../store/events/event-types.ts"

/** Creates the function that derives a history's vector under the live release; it returns `null` while there is none. */
export const createVectorDeriver =
  (release: Release | null) =>
  (history: History): DerivedVector | null =>
    release && { releaseId: release.id, vector: foldVector(history, release) }
