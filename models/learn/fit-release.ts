import { type BlendWeights, writeBlend } from "../../src/core/preference/blend.ts"
import { type PreferenceWeights, writeFactors } from "../../src/core/preference/factors.ts"
import { writeHabit } from "../../src/core/preference/habit.ts"
import { writeNeighbors } from "../../src/core/preference/neighbors.ts"
import { writePopularity } from "../../src/core/preference/popularity.ts"
import { writeRecipes } from "../../src/core/preference/recipe-graphs.ts"
import { writeSessions } from "../../src/core/preference/sessions.ts"
import { decodeRelease, type ReleaseMetadata, writeConfidence } from "../../src/core/release/decode-release.ts"
import type { Release, ReleaseContents } from "../../src/core/release/release.ts"
import { startingBlend } from "../blend/starting-blend.ts"
import { interactionsOf } from "../data/interactions-of.ts"
import { finiteModels, outOfTime, withOmissionReason, zeroUnusableModels } from "../data/omitted-models.ts"
import type { Past } from "../data/past.ts"
import { sequencesOf } from "../data/sequences.ts"
import { fitHabit } from "../habit/fit.ts"
import { fitNeighbors } from "../neighbors/fit.ts"
import { fitPopularity } from "../popularity/fit.ts"
import { fitItemStatistics } from "../popularity/fit-item-statistics.ts"
import { fitPreference } from "../preference/fit.ts"
import type { PreferenceParameters } from "../preference/parameters.ts"
import { fitRecipes, startingRecipes } from "../recipes/fit-recipes.ts"
import type { Configuration } from "../search/configuration.ts"
import { fitSessions } from "../sessions/fit.ts"
import { withColdItemFactors } from "./cold-item-factors.ts"

/** Fits every model on one past with one configuration, as artifacts; a model that cannot be fitted scores nothing. The blend is given. */
export async function fitContents(
  { histories, items, attributes, untilMs }: Past,
  { confidence, preference, neighbors, sessions, habit, popularity, recipes = startingRecipes }: Configuration,
  {
    threads,
    blend = startingBlend,
    onSweep,
    hasTime = () => true,
  }: {
    threads: number
    blend?: BlendWeights
    onSweep?: (line: string) => void
    /** Called before each model that takes time; models for which there is none score nothing. */
    hasTime?: () => boolean
  },
): Promise<ReleaseContents> {
  const interactions = interactionsOf(histories, items, confidence)
  const sequences = sequencesOf(histories, items)
  const inTime = hasTime()
  const weights = inTime
    ? await fitPreference(interactions, preference, {
        threads,
        onSweep: ({ sweep, sweeps, loss }) => onSweep?.(`sweep ${sweep} of ${sweeps}, loss ${loss.toFixed(0)}`),
      })
    : zeroFactors(items.ids.length, preference)
  const { late, ...graphs } = await fitNeighbors({ interactions, sequences, attributes, untilMs }, neighbors, {
    threads,
    hasTime,
  })
  const itemStatistics = fitItemStatistics(interactions, sequences, attributes)
  const factors = writeFactors(withColdItemFactors(weights, itemStatistics.customers, graphs.graphs.content), items.ids)
  const models = {
    preference: withOmissionReason(
      { ...factors, metadata: { ...factors.metadata, confidence: writeConfidence(confidence) } },
      inTime ? null : outOfTime,
    ),
    neighbors: withOmissionReason(
      writeNeighbors(graphs, items),
      late.length === 0 ? null : `${late.join(", ")}: ${outOfTime}`,
    ),
    sessions: writeSessions(fitSessions(sequences, sessions), items),
    habit: writeHabit(fitHabit(histories, items, untilMs, habit), items),
    popularity: writePopularity(
      { ...fitPopularity(histories, items, confidence, untilMs, popularity), ...itemStatistics },
      items,
    ),
  }
  const graphsOfRecipes = await fitRecipes({ histories, items, untilMs }, recipes, { threads, hasTime })
  return {
    ...zeroUnusableModels(models),
    blend: writeBlend(blend),
    ...finiteModels({ recipes: writeRecipes(graphsOfRecipes, items) }),
  }
}

const zeroFactors = (items: number, parameters: PreferenceParameters): PreferenceWeights => {
  const { dimensions, regularization, unobservedWeight, frequencyExponent } = parameters
  const itemFactors = new Float32Array(items * dimensions)
  const gram = new Float64Array(dimensions * dimensions)
  return { dimensions, itemFactors, gram, regularization, unobservedWeight, frequencyExponent }
}

/** Fits every model and decodes the release, ready to score. */
export async function fitRelease(
  past: Past,
  configuration: Configuration,
  options: { threads: number },
  facts: Omit<ReleaseMetadata, "trainedUntil">,
): Promise<Release> {
  return decodeRelease({ ...facts, trainedUntil: past.untilMs }, await fitContents(past, configuration, options))
}
