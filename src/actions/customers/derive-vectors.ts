import type { History } from "../../core/history/history.ts"
import { foldVector } from "../../core/preference/fold-vector.ts"
import type { Release } from "../../core/release/release.ts"
import type { DerivedVector } from "../../store/events/event-types.ts"

/** How a history becomes a stored vector under the live release; to none while there is no release. */
export const createVectorDeriver =
  (release: Release | null) =>
  (history: History): DerivedVector | null =>
    release && { releaseId: release.id, vector: foldVector(history, release) }
