import { z } from "zod"
import { type ArtifactContent, isFiniteTensor } from "../artifact/artifact.ts"
import { itemIndex, readItems } from "../artifact/item-index.ts"
import { knowsKeepFeatures, readKeep } from "../keep/keep-artifact.ts"
import { readRenewal } from "../possession/renewal-artifact.ts"
import { readBlend } from "../preference/blend.ts"
import { type ConfidenceWeights, defaultConfidenceWeights } from "../preference/confidences.ts"
import { readFactors } from "../preference/factors.ts"
import { readHabit } from "../preference/habit.ts"
import { readingNeighbors } from "../preference/neighbors.ts"
import { readPopularity } from "../preference/popularity.ts"
import { readRecipes } from "../preference/recipe-graphs.ts"
import { readSessions } from "../preference/sessions.ts"
import { ApiError } from "../problem/problem.ts"
import { readChoice } from "../propensity/choice-artifact.ts"
import { featuresVersion } from "../propensity/decision-features.ts"
import { readPropensity } from "../propensity/propensity-artifact.ts"
import type { PropensityNetwork } from "../propensity/propensity-network.ts"
import { readRebuy } from "../repurchase/rebuy-artifact.ts"
import { type CooperativeTask, runAtOnce } from "../time/cooperative-task.ts"
import type { Release, ReleaseContents } from "./release.ts"

export interface ReleaseMetadata {
  id: string
  /** Milliseconds since the epoch. */
  createdAt: number
  trainedUntil: number
}

const confidenceSchema = z.object({
  view: z.number().nonnegative(),
  cart: z.number().nonnegative(),
  purchase: z.number().nonnegative(),
  halfLifeDays: z.number().positive().nullable(),
})

/** Makes a release ready to score; throws `incompatibleArtifact` unless every model's rows follow the same ascending items. */
export const decodeRelease = (facts: ReleaseMetadata, contents: ReleaseContents): Release =>
  runAtOnce(decodingRelease(facts, contents))

/** The same in steps, so that requests are answered between them. */
export function* decodingRelease(facts: ReleaseMetadata, contents: ReleaseContents): CooperativeTask<Release> {
  for (const { tensors } of Object.values(contents)) {
    for (const [name, tensor] of Object.entries(tensors)) {
      if (!isFiniteTensor(tensor)) {
        throw new ApiError("incompatibleArtifact", `train again: the tensor ${name} has a value that is not finite`)
      }
      yield
    }
  }
  const ids = readItems(contents.preference)
  const items = itemIndex(ids)
  if (!sameIds(ids, items.ids)) {
    throw new ApiError("incompatibleArtifact", "import the artifact again: its items are not in ascending order")
  }
  for (const model of ["neighbors", "sessions", "habit", "popularity"] as const) {
    yield
    if (!sameIds(ids, readItems(contents[model]))) {
      throw new ApiError("incompatibleArtifact", `import the artifact again: the items of ${model} are other ones`)
    }
  }
  yield
  const factors = readFactors(contents.preference)
  const neighbors = yield* readingNeighbors(contents.neighbors)
  yield
  const sessions = readSessions(contents.sessions)
  yield
  if (contents.recipes && !sameIds(ids, readItems(contents.recipes)))
    throw new ApiError("incompatibleArtifact", "import the artifact again: the items of recipes are other ones")
  const recipes = contents.recipes ? readRecipes(contents.recipes) : null
  yield
  return {
    ...facts,
    items,
    confidence: readConfidence(contents.preference),
    factors,
    neighbors,
    sessions,
    habit: readHabit(contents.habit),
    popularity: readPopularity(contents.popularity),
    blend: readBlend(contents.blend),
    recipes,
    propensity: readNetwork(contents.propensity),
    incremental: readNetwork(contents.incremental),
    choice: contents.choice ? readChoice(contents.choice) : null,
    renewal: contents.renewal ? readRenewal(contents.renewal) : null,
    rebuy: contents.rebuy ? readRebuy(contents.rebuy) : null,
    keep: contents.keep && knowsKeepFeatures(contents.keep) ? readKeep(contents.keep) : null,
  }
}

/** `null` also for a network that was learnt from other features than this code computes: the release goes on without it. */
const readNetwork = (content: ArtifactContent | undefined): PropensityNetwork | null =>
  content?.metadata.featuresVersion === featuresVersion ? readPropensity(content) : null

/** Kept in the preference artifact as the metadata entry `confidence`; the defaults where it says nothing. */
export const writeConfidence = (weights: ConfidenceWeights): string => JSON.stringify(weights)

function readConfidence({ metadata }: ArtifactContent): ConfidenceWeights {
  if (metadata.confidence === undefined) return defaultConfidenceWeights
  const parsed = z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(confidenceSchema)
    .safeParse(metadata.confidence)
  if (!parsed.success) {
    throw new ApiError(
      "incompatibleArtifact",
      "write the metadata entry confidence as JSON: view, cart, purchase, halfLifeDays",
    )
  }
  return parsed.data
}

const sameIds = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((id, n) => id === b[n])
