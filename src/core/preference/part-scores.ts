import type { TimedInteractions } from "./confidences.ts"
import type { PartName } from "./scorers.ts"
import type { Moments } from "./session-steps.ts"
import type { SparseScores } from "./sparse-scores.ts"

/** What each part makes of one customer; valid until the next question to the same release. */
export interface PartScores {
  readonly interactions: TimedInteractions
  readonly moments: Moments
  readonly scores: Readonly<Record<PartName, SparseScores>>
  /** The best rows of each part asked for, best first. */
  readonly top: Readonly<Record<PartName, Int32Array>>
  /** The highest score of each part asked for, 0 if nothing is positive. */
  readonly highest: Readonly<Record<PartName, number>>
}
