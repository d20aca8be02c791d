import type { History } from "../../src/core/history/history.ts"
import { writeBlend } from "../../src/core/preference/blend.ts"
import { decodeRelease, type ReleaseFacts, writeConfidence } from "../../src/core/preference/decode-release.ts"
import { writeFactors } from "../../src/core/preference/factors.ts"
import { writeHabit } from "../../src/core/preference/habit.ts"
import { itemIndex } from "../../src/core/preference/item-index.ts"
import { writeNeighbors } from "../../src/core/preference/neighbors.ts"
import { writePopularity } from "../../src/core/preference/popularity.ts"
import type { ItemIndex, Release, ReleaseContents } from "../../src/core/preference/release.ts"
import { fitHabit } from "../habit/fit.ts"
import { fitNeighbors } from "../neighbors/fit.ts"
import { fitPopularity } from "../popularity/fit.ts"
import { fitPreference } from "../preference/fit.ts"
import type { Configuration } from "./configuration.ts"
import { interactionsOf } from "./interactions-of.ts"

/** The past that a fit may see. */
export interface Past {
  histories: readonly History[]
  items: ItemIndex
  /** Milliseconds since the epoch; nothing from here on is known. */
  untilMs: number
}

/** The items that anybody did anything with; a model has a row for each. */
export const pastOf = (histories: readonly History[], untilMs: number): Past => ({
  histories,
  items: itemIndex(histories.flatMap(({ items }) => Object.keys(items))),
  untilMs,
})

/** Fits every model on one past with one configuration, as artifacts. */
export async function fitContents(
  { histories, items, untilMs }: Past,
  configuration: Configuration,
  options: { threads: number; onSweep?: (line: string) => void },
): Promise<ReleaseContents> {
  const { confidence, preference, neighbors, habit, popularity, blend } = configuration
  const interactions = interactionsOf(histories, items, confidence)
  const weights = await fitPreference(interactions, preference, {
    threads: options.threads,
    onSweep: ({ sweep, sweeps, loss }) => options.onSweep?.(`sweep ${sweep} of ${sweeps}, loss ${loss.toFixed(0)}`),
  })
  const factors = writeFactors(weights, items.ids)
  return {
    preference: { ...factors, metadata: { ...factors.metadata, confidence: writeConfidence(confidence) } },
    neighbors: writeNeighbors(fitNeighbors(interactions, untilMs, neighbors), items),
    habit: writeHabit(fitHabit(histories, items, untilMs, habit), items),
    popularity: writePopularity(fitPopularity(histories, items, confidence, untilMs, popularity), items),
    blend: writeBlend(blend),
  }
}

/** The same, ready to score. */
export async function fitRelease(
  past: Past,
  configuration: Configuration,
  options: { threads: number },
  facts: Omit<ReleaseFacts, "trainedUntil">,
): Promise<Release> {
  return decodeRelease({ ...facts, trainedUntil: past.untilMs }, await fitContents(past, configuration, options))
}
