import { createFactors, foldIn, scoreAll } from "../../src/core/preference/factors.ts"
import type { BlendWeights, PartName, Repeats } from "../../src/core/preference/blend.ts"
import { confidencesOf } from "../../src/core/preference/confidences.ts"
import { scoreHabit } from "../../src/core/preference/habit.ts"
import { intentQuery, scoreNeighbors, tasteQuery } from "../../src/core/preference/neighbors.ts"
import { popularityFor } from "../../src/core/preference/popularity.ts"
import { scoreParts } from "../../src/core/preference/score-items.ts"
import type { Horizon } from "../evaluate/cases.ts"
import { type BlendCase, blendCase, fitBlend } from "../blend/fit.ts"
import { fitHabit } from "../habit/fit.ts"
import { fitNeighbors, type NeighborParameters } from "../neighbors/fit.ts"
import { fitPopularity } from "../popularity/fit.ts"
import { fitPreference } from "../preference/fit.ts"
import type { PreferenceParameters } from "../preference/parameters.ts"
import type { Configuration } from "./configuration.ts"
import { type Axes, coordinateSearch, type Trial } from "./coordinate-search.ts"
import { fitRelease, type Past } from "./fit-release.ts"
import { interactionsOf } from "./interactions-of.ts"
import { scoresQuality, type ValidationCase } from "./validation.ts"

/** What was tried, in order, and the mean validation NDCG@20 it gave. */
export interface SearchStep {
  model: string
  trials: readonly Trial[]
}

export interface SearchTools {
  threads: number
  /** Milliseconds since the epoch. */
  clock: () => number
  /** From then on nothing more is tried. */
  deadlineMs: number
  onProgress: (line: string) => void
}

const halfLives = [7, 15, 30, 60, 120, 240, null] as const

const neighborAxes: Axes<NeighborParameters> = {
  customerExponent: [0, 0.25, 0.5, 0.75, 1],
  sourceExponent: [0, 0.25, 0.5, 0.75, 1],
  targetExponent: [0, 0.15, 0.3, 0.5, 0.7],
  distanceExponent: [0, 0.25, 0.5, 1, 1.5],
  backward: [0.25, 0.5, 0.75, 1],
  halfLifeDays: [15, 30, 60, 120, 180, 360, null],
}

const preferenceAxes: Axes<PreferenceParameters> = {
  unobservedWeight: [0.003, 0.01, 0.03, 0.1, 0.3, 1],
  regularization: [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
  dimensions: [16, 32, 64, 128],
}

const both: readonly Repeats[] = ["allowed", "excluded"]

/** Chooses a configuration on the validation window by the same procedure whatever the data: each model by itself, then the blend. */
export async function searchConfiguration(
  start: Configuration,
  past: Past,
  cases: readonly ValidationCase[],
  { cut }: Horizon,
  tools: SearchTools,
): Promise<{ configuration: Configuration; steps: SearchStep[] }> {
  const { histories, items, untilMs } = past
  const size = items.ids.length
  const mayTry = () => tools.clock() < tools.deadlineMs
  const steps: SearchStep[] = []
  const note = (model: string, trials: readonly Trial[], quality: number, best: object) => {
    steps.push({ model, trials })
    tools.onProgress(`${model}: NDCG@20 ${quality.toFixed(4)} after ${trials.length} trials, ${JSON.stringify(best)}`)
  }
  const configuration = { ...start }
  const interactions = interactionsOf(histories, items, start.confidence)
  const pasts = cases.map((one) => confidencesOf(one.case.history, items, start.confidence))
  const pastOf = new Map(cases.map((one, n) => [one.case, pasts[n]!]))

  const popularity = await coordinateSearch(
    start.popularity,
    { halfLifeDays: halfLives },
    (parameters) => {
      const weights = fitPopularity(histories, items, start.confidence, untilMs, parameters)
      return scoresQuality(cases, both, size, ({ history }, out) => out.set(popularityFor(weights, history)))
    },
    () => true,
  )
  note("popularity", popularity.trials, popularity.quality, popularity.best)
  configuration.popularity = popularity.best

  const habit = await coordinateSearch(
    start.habit,
    { halfLifeDays: halfLives, priorBuyers: [5, 20, 80] },
    (parameters) => {
      const weights = fitHabit(histories, items, parameters)
      return scoresQuality(cases, ["allowed"], size, ({ history }, out) => scoreHabit(weights, history, items, cut, out))
    },
    () => true,
  )
  note("habit", habit.trials, habit.quality, habit.best)
  configuration.habit = habit.best

  const neighbors = await coordinateSearch(
    start.neighbors,
    neighborAxes,
    (parameters) => {
      const graph = fitNeighbors(interactions, parameters)
      return scoresQuality(cases, both, size, (one, out) => {
        scoreNeighbors(graph, tasteQuery(pastOf.get(one)!, graph), out)
      })
    },
    mayTry,
  )
  note("neighbors", neighbors.trials, neighbors.quality, neighbors.best)
  const arrows = fitNeighbors(interactions, neighbors.best)
  const intent = await coordinateSearch(
    { intentDecay: neighbors.best.intentDecay },
    { intentDecay: [0.2, 0.4, 0.6, 0.8, 0.9, 1] },
    ({ intentDecay }) =>
      scoresQuality(cases, both, size, ({ history }, out) => {
        scoreNeighbors(arrows, intentQuery(history, items, { ...arrows, intentDecay }), out)
      }),
    mayTry,
  )
  note("intent", intent.trials, intent.quality, intent.best)
  configuration.neighbors = { ...neighbors.best, ...intent.best }

  const preference = await coordinateSearch(
    start.preference,
    preferenceAxes,
    async (parameters) => {
      const factors = createFactors(await fitPreference(interactions, parameters, { threads: tools.threads }))
      return scoresQuality(cases, both, size, (one, out) => scoreAll(factors, foldIn(factors, pastOf.get(one)!), out))
    },
    mayTry,
  )
  note("preference", preference.trials, preference.quality, preference.best)
  configuration.preference = preference.best

  const release = await fitRelease(past, configuration, tools, { id: "validation", createdAt: untilMs })
  const blendCases: Record<Repeats, BlendCase[]> = { allowed: [], excluded: [] }
  for (const { case: one, questions } of cases) {
    const { parts } = scoreParts({ history: one.history, vector: null, nowMs: cut }, release)
    for (const { repeats, eligible, relevantRows, wanted } of questions) {
      blendCases[repeats].push(blendCase(parts, eligible, relevantRows, wanted))
    }
  }
  const blendParts: Record<Repeats, readonly PartName[]> = {
    allowed: ["factors", "neighbors", "intent", "habit", "popularity"],
    excluded: ["factors", "neighbors", "intent", "popularity"],
  }
  const blendOf = (repeats: Repeats) => {
    const found = fitBlend(blendCases[repeats], start.blend[repeats], blendParts[repeats])
    note(`blend, repeats ${repeats}`, [{ changed: found.weights, quality: found.ndcg20 }], found.ndcg20, found.weights)
    return found.weights
  }
  const blend: BlendWeights = { allowed: blendOf("allowed"), excluded: blendOf("excluded") }
  return { configuration: { ...configuration, blend }, steps }
}
