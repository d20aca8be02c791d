import type { BlendWeights, PartName, Repeats } from "../../src/core/preference/blend.ts"
import { confidencesOf } from "../../src/core/preference/confidences.ts"
import { createFactors, foldIn, scoreAll } from "../../src/core/preference/factors.ts"
import { scoreHabit } from "../../src/core/preference/habit.ts"
import { intentQuery, scoreNeighbors, tasteQuery } from "../../src/core/preference/neighbors.ts"
import { popularityFor } from "../../src/core/preference/popularity.ts"
import { scoreParts } from "../../src/core/preference/score-items.ts"
import { type BlendCase, blendCase, fitBlend } from "../blend/fit.ts"
import { fitHabit, type HabitParameters } from "../habit/fit.ts"
import { fitNeighbors, type NeighborParameters } from "../neighbors/fit.ts"
import { fitPopularity, type PopularityParameters } from "../popularity/fit.ts"
import { fitPreference } from "../preference/fit.ts"
import type { PreferenceParameters } from "../preference/parameters.ts"
import type { Configuration } from "./configuration.ts"
import { type Axes, coordinateSearch, type Trial } from "./coordinate-search.ts"
import { fitRelease, type Past } from "./fit-release.ts"
import { interactionsOf } from "./interactions-of.ts"
import { scoresQuality, type ValidationCase } from "./validation.ts"

/** What was tried for a model, in order, and the mean validation NDCG@20 it gave. */
export interface SearchStep {
  model: string
  trials: readonly Trial[]
}

export interface SearchTools {
  threads: number
  /** Milliseconds since the epoch. */
  clock: () => number
  /** The costly searches share these seconds; the cheap ones always end. */
  searchSeconds: number
  onProgress: (line: string) => void
}

/** Everything a search may look at: a past and, after its end, what customers then wanted. */
export interface Validation {
  past: Past
  cases: readonly ValidationCase[]
}

type PreferenceChoice = PreferenceParameters & { halfLifeDays: number | null }

const preferenceAxes: Axes<PreferenceChoice> = {
  halfLifeDays: [15, 30, 60, 120, 240, null],
  unobservedWeight: [0.003, 0.01, 0.03, 0.1, 0.3, 1],
  regularization: [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
  dimensions: [16, 32, 64, 128],
}
const neighborAxes: Axes<NeighborParameters> = {
  pairHalfLifeDays: [7, 15, 30, 60, 120, 240, null],
  targetExponent: [0, 0.15, 0.3, 0.5, 0.7],
  halfLifeDays: [15, 30, 60, 120, 240, null],
  distanceExponent: [0, 0.25, 0.5, 1, 1.5],
  customerExponent: [0, 0.25, 0.5, 0.75, 1],
  sourceExponent: [0, 0.25, 0.5, 0.75, 1],
  backward: [0.25, 0.5, 0.75, 1],
}
const popularityAxes: Axes<PopularityParameters> = {
  halfLifeDays: [4, 7, 15, 30, 60, 120, 240, null],
  firstOrderPrior: [0, 0.5, 0.8, 1],
}
const habitAxes: Axes<HabitParameters> = {
  windowDays: [15, 30, 60],
  halfLifeDays: [7, 15, 30, 60, 120, 240, null],
  priorBuyers: [5, 20, 80],
}
const blendedParts: Readonly<Record<Repeats, readonly PartName[]>> = {
  allowed: ["factors", "neighbors", "intent", "habit", "popularity"],
  excluded: ["factors", "neighbors", "intent", "popularity"],
}

/** Chooses a configuration on validation by the same procedure whatever the data: each model by itself, then the blend. */
export async function searchConfiguration(
  start: Configuration,
  validation: Validation,
  tools: SearchTools,
): Promise<{ configuration: Configuration; steps: SearchStep[] }> {
  const steps: SearchStep[] = []
  const begun = tools.clock()
  const search = async <P extends object>(
    model: string,
    from: P,
    axes: Axes<P>,
    shareOfTime: number,
    quality: (parameters: P) => number | Promise<number>,
  ): Promise<P> => {
    const mayTry = () => tools.clock() - begun < tools.searchSeconds * shareOfTime * 1000
    const found = await coordinateSearch(from, axes, quality, mayTry)
    steps.push({ model, trials: found.trials })
    const said = `${found.trials.length} trials, validation NDCG@20 ${found.quality.toFixed(4)}`
    tools.onProgress(`${model}: ${said}, ${JSON.stringify(found.best)}`)
    return found.best
  }
  const popularity = await search("popularity", start.popularity, popularityAxes, Infinity, (parameters) =>
    popularityQuality(validation, start, parameters),
  )
  const habit = await search("habit", start.habit, habitAxes, Infinity, (parameters) =>
    habitQuality(validation, parameters),
  )
  const preferenceStart = { ...start.preference, halfLifeDays: start.confidence.halfLifeDays }
  const chosen = await search("preference", preferenceStart, preferenceAxes, 0.6, (choice) =>
    preferenceQuality(validation, start, choice, tools.threads),
  )
  const { halfLifeDays, ...preference } = chosen
  const confidence = { ...start.confidence, halfLifeDays }
  const neighborScores = neighborQuality(validation, confidence)
  const graph = await search("neighbors", start.neighbors, neighborAxes, 1, neighborScores)
  const intent = await search(
    "intent",
    { intentDecay: graph.intentDecay },
    { intentDecay: [0.2, 0.4, 0.6, 0.8, 0.9, 1] },
    Infinity,
    intentQuality(validation, confidence, graph),
  )
  const neighbors = { ...graph, ...intent }
  const unblended = { ...start, confidence, preference, neighbors, habit, popularity }
  const blend = await chooseBlend(unblended, validation, tools, steps)
  return { configuration: { ...unblended, blend }, steps }
}

function popularityQuality(
  { past, cases }: Validation,
  { confidence }: Configuration,
  parameters: PopularityParameters,
) {
  const { histories, items, untilMs } = past
  const weights = fitPopularity(histories, items, confidence, untilMs, parameters)
  return scoresQuality(cases, ["allowed", "excluded"], items.ids.length, ({ history }, out) =>
    out.set(popularityFor(weights, history)),
  )
}

function habitQuality({ past, cases }: Validation, parameters: HabitParameters) {
  const { histories, items, untilMs } = past
  const weights = fitHabit(histories, items, untilMs, parameters)
  return scoresQuality(cases, ["allowed"], items.ids.length, ({ history }, out) =>
    scoreHabit(weights, history, items, untilMs, out),
  )
}

async function preferenceQuality(
  { past, cases }: Validation,
  { confidence }: Configuration,
  { halfLifeDays, ...parameters }: PreferenceChoice,
  threads: number,
) {
  const { histories, items } = past
  const weights = { ...confidence, halfLifeDays }
  const factors = createFactors(await fitPreference(interactionsOf(histories, items, weights), parameters, { threads }))
  return scoresQuality(cases, ["allowed", "excluded"], items.ids.length, ({ history }, out) =>
    scoreAll(factors, foldIn(factors, confidencesOf(history, items, weights)), out),
  )
}

/** The graph is judged by what it finds anew: an item is never its own neighbour. */
function neighborQuality({ past, cases }: Validation, confidence: Configuration["confidence"]) {
  const { histories, items, untilMs } = past
  const interactions = interactionsOf(histories, items, confidence)
  return (parameters: NeighborParameters) => {
    const graph = fitNeighbors(interactions, untilMs, parameters)
    return scoresQuality(cases, ["excluded"], items.ids.length, ({ history }, out) =>
      scoreNeighbors(graph, tasteQuery(confidencesOf(history, items, confidence), graph), out),
    )
  }
}

function intentQuality(
  { past, cases }: Validation,
  confidence: Configuration["confidence"],
  parameters: NeighborParameters,
) {
  const { histories, items, untilMs } = past
  const graph = fitNeighbors(interactionsOf(histories, items, confidence), untilMs, parameters)
  return ({ intentDecay }: { intentDecay: number }) =>
    scoresQuality(cases, ["excluded"], items.ids.length, ({ history }, out) =>
      scoreNeighbors(graph, intentQuery(history, items, { ...graph, intentDecay }), out),
    )
}

async function chooseBlend(
  configuration: Configuration,
  { past, cases }: Validation,
  { threads, onProgress }: SearchTools,
  steps: SearchStep[],
): Promise<BlendWeights> {
  const release = await fitRelease(past, configuration, { threads }, { id: "validation", createdAt: past.untilMs })
  const blendCases: Record<Repeats, BlendCase[]> = { allowed: [], excluded: [] }
  for (const { case: one, questions } of cases) {
    const { parts } = scoreParts({ history: one.history, vector: null, nowMs: past.untilMs }, release)
    for (const { repeats, eligible, relevantRows, wanted } of questions) {
      blendCases[repeats].push(blendCase(parts, eligible, relevantRows, wanted))
    }
  }
  const choose = (repeats: Repeats) => {
    const found = fitBlend(blendCases[repeats], configuration.blend[repeats], blendedParts[repeats])
    steps.push({ model: `blend, repeats ${repeats}`, trials: [{ changed: found.weights, quality: found.ndcg20 }] })
    onProgress(
      `blend, repeats ${repeats}: validation NDCG@20 ${found.ndcg20.toFixed(4)}, ${JSON.stringify(found.weights)}`,
    )
    return found.weights
  }
  return { allowed: choose("allowed"), excluded: choose("excluded") }
}
