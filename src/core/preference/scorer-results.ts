import type { TimedInteractions } from "./confidences.ts"
import type { ScorerName } from "./scorers.ts"
import type { SessionSteps } from "./session-steps.ts"
import type { SparseScores } from "./sparse-scores.ts"

/** Scores of each scorer for one customer; valid until the next question to the same release. */
export interface ScorerResults {
  readonly interactions: TimedInteractions
  readonly steps: SessionSteps
  readonly scores: Readonly<Record<ScorerName, SparseScores>>
  /** The best rows of each scorer asked for, best first. */
  readonly top: Readonly<Record<ScorerName, Int32Array>>
  /** The highest score of each scorer asked for, 0 if nothing is positive. */
  readonly highest: Readonly<Record<ScorerName, number>>
}
