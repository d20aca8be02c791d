import type { ArtifactContent } from "../artifact/artifact.ts"
import type { KeepModel } from "../keep/keep.ts"
import type { Renewal } from "../possession/renewal.ts"
import type { RecipeGraphs } from "../preference/recipe-graphs.ts"
import type { TasteModels } from "../preference/taste-models.ts"
import type { ChoiceModel } from "../propensity/choice.ts"
import type { PropensityNetwork } from "../propensity/propensity-network.ts"
import type { Rebuy } from "../repurchase/rebuy.ts"

export const modelNames = ["preference", "neighbors", "sessions", "habit", "popularity", "blend"] as const
export type ModelName = (typeof modelNames)[number]

/** Models that a release may do without. */
export const optionalModelNames = [
  "recipes",
  "propensity",
  "incremental",
  "choice",
  "renewal",
  "rebuy",
  "keep",
] as const
export type OptionalModelName = (typeof optionalModelNames)[number]

export type ReleaseContents = Readonly<
  Record<ModelName, ArtifactContent> & Partial<Record<OptionalModelName, ArtifactContent>>
>

/** One artifact per model, decoded and ready to score; immutable, swapped by one reference. */
export interface Release extends TasteModels {
  id: string
  createdAt: number
  /** Events up to this moment were learnt from; milliseconds since the epoch. */
  trainedUntil: number
  /** Graphs of lists beside an item or a cart; `null` in a release that was trained before there were any. */
  recipes: RecipeGraphs | null
  /** P(accept | offered); `null` while the personal prior, or smoothed rates, are not surely worse. */
  propensity: PropensityNetwork | null
  /** The same outcome with an offer and without; `null` while the randomised decisions cannot tell. */
  incremental: PropensityNetwork | null
  /** P(item | orders), from which the personal prior of a propensity comes; `null` where no orders could be learnt from. */
  choice: ChoiceModel | null
  /** Times until what was bought is needed again; `null` where too little was bought again. */
  renewal: Renewal | null
  /** P(buys within the horizon); `null` where the past was too short to learn it. */
  rebuy: Rebuy | null
  /** P(kept | sent unasked); `null` while neither sends nor orders can tell. */
  keep: KeepModel | null
}
