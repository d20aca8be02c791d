import type { ItemIndex } from "../artifact/item-index.ts"
import type { BlendWeights } from "./blend.ts"
import type { ConfidenceWeights } from "./confidences.ts"
import type { Factors } from "./factors.ts"
import type { HabitWeights } from "./habit.ts"
import type { NeighborWeights } from "./neighbors.ts"
import type { PopularityWeights } from "./popularity.ts"
import type { SessionWeights } from "./sessions.ts"

/** The models of taste that scoring, ranking and explaining need; a release has more. */
export interface TasteModels {
  items: ItemIndex
  /** Weights of interactions, for fitting factors and for folding vectors in. */
  confidence: ConfidenceWeights
  factors: Factors
  neighbors: NeighborWeights
  sessions: SessionWeights
  habit: HabitWeights
  popularity: PopularityWeights
  blend: BlendWeights
}
