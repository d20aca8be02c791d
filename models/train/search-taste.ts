import type { ConfidenceWeights } from "../../src/core/preference/confidences.ts"
import { createFactors, foldIn, scoreAll } from "../../src/core/preference/factors.ts"
import { scoreHabit } from "../../src/core/preference/habit.ts"
import { type Graph, scoreNeighbors, tasteQuery } from "../../src/core/preference/neighbors.ts"
import { popularityFor } from "../../src/core/preference/popularity.ts"
import { fitHabit } from "../habit/fit.ts"
import { fitLocalSlim, type LocalSlimParameters } from "../neighbors/fit-local-slim.ts"
import { fitTogether, type TogetherParameters } from "../neighbors/fit-together.ts"
import { fitPopularity } from "../popularity/fit.ts"
import { createFitKernel, fitPreference } from "../preference/fit.ts"
import { setScores } from "./asked.ts"
import type { Configuration } from "./configuration.ts"
import { interactionsOf } from "./interactions-of.ts"
import { modelSearch, type SearchStep, type SearchTools } from "./model-search.ts"
import {
  decayValues,
  dimensionAxes,
  dimensionBar,
  dimensionLeastGains,
  habitAxes,
  type PreferenceChoice,
  popularityAxes,
  preferenceAxes,
  slimAxes,
  startingSlim,
  type TogetherChoice,
  togetherAxes,
  trialSupport,
} from "./search-axes.ts"
import { searchedWindow } from "./searched-window.ts"
import { spread, type Window } from "./window.ts"

export interface TasteChoice extends Pick<Configuration, "confidence" | "preference" | "habit" | "popularity"> {
  together: TogetherParameters
  halfLifeDays: number | null
  slim: LocalSlimParameters | null
  intentDecay: number
  steps: SearchStep[]
}

/** Customers that a trial of factors learns from at most. */
const maxSample = 40_000

/** Chooses what is asked with everything a customer did: popularity, habit, factors, what goes together. */
export async function searchTaste(start: Configuration, window: Window, tools: SearchTools): Promise<TasteChoice> {
  const { past, asked, sources, qualityOf, momentQuality, interactionsOf: pastsOf, timely } = searchedWindow(window)
  const { histories, items, untilMs } = past
  const size = items.ids.length
  const { steps, search } = modelSearch(tools)

  const popular = await search(
    "popularity",
    start.popularity,
    popularityAxes,
    (parameters) => {
      const weights = fitPopularity(histories, items, start.confidence, untilMs, parameters)
      return qualityOf("all", ({ history }, out) => setScores(out, popularityFor(weights, history)))
    },
    { share: 0.08 },
  )
  const habitual = asked.some(({ repeats }) => repeats === "allowed")
    ? await search(
        "habit",
        start.habit,
        habitAxes,
        (parameters) => {
          const weights = fitHabit(histories, items, untilMs, parameters)
          return qualityOf("allowed", ({ history }, out) => scoreHabit(weights, history, items, untilMs, out))
        },
        { share: 0.16 },
      )
    : null

  const sample = spread(histories, maxSample)
  const seenWith = latestOf((halfLifeDays: number | null) => {
    const weights: ConfidenceWeights = { ...start.confidence, halfLifeDays }
    return { matrix: interactionsOf(sample, items, weights), pastOf: pastsOf(weights) }
  })
  const scores = new Float32Array(size)
  const kernel = createFitKernel()
  const byFactors = async ({ halfLifeDays, ...parameters }: PreferenceChoice) => {
    const { matrix, pastOf } = seenWith(halfLifeDays)
    const factors = createFactors(await fitPreference(matrix, parameters, { threads: tools.threads, kernel }))
    return qualityOf("all", (one, out) => {
      scoreAll(factors, foldIn(factors, pastOf(one)), scores)
      setScores(out, scores)
    })
  }
  const preferenceStart = { ...start.preference, halfLifeDays: start.confidence.halfLifeDays }
  const narrow = await search("factors", preferenceStart, timely(preferenceAxes), byFactors, { share: 0.5 })
  const confidence = { ...start.confidence, halfLifeDays: narrow.best.halfLifeDays }

  const interactions = interactionsOf(histories, items, confidence)
  const pastOf = pastsOf(confidence)
  const byTaste = (graph: Graph, halfLifeDays: number | null) =>
    qualityOf("graph", (one, out) => scoreNeighbors(graph, tasteQuery(pastOf(one), { halfLifeDays }), out))
  const togetherStart: TogetherChoice = { ...start.neighbors.together, halfLifeDays: start.neighbors.halfLifeDays }
  const counted = await search(
    "together",
    togetherStart,
    timely(togetherAxes),
    ({ halfLifeDays, ...parameters }) =>
      byTaste(fitTogether(interactions, untilMs, parameters as TogetherParameters, sources), halfLifeDays),
    { share: 0.7 },
  )
  const { halfLifeDays, ...together } = counted.best
  const wide = await search("factors' dimensions", narrow.best, dimensionAxes, byFactors, {
    share: 0.85,
    bar: dimensionBar * counted.quality,
    leastGains: dimensionLeastGains,
  })
  const { halfLifeDays: _, ...preference } = wide.best
  const regressed = await search(
    "slim",
    start.neighbors.slim ?? startingSlim,
    slimAxes,
    async (parameters) => {
      const support = Math.min(trialSupport, parameters.support)
      return byTaste(await fitLocalSlim(interactions, { ...parameters, support }, tools), halfLifeDays)
    },
    { share: 0.95, bar: counted.quality },
  )
  const graph = fitTogether(interactions, untilMs, together, sources)
  const decay = await search(
    "intent decay",
    { decay: start.neighbors.decays.intent },
    { decay: decayValues },
    ({ decay }) => momentQuality(graph, decay),
    { share: 1 },
  )
  return {
    confidence,
    preference,
    habit: habitual?.best ?? start.habit,
    popularity: popular.best,
    together,
    halfLifeDays,
    /** It costs most of all graphs, so it stands only where it finds more than counting does. */
    slim: regressed.quality > counted.quality ? regressed.best : null,
    intentDecay: decay.best.decay,
    steps,
  }
}

/** The same function, which remembers its latest result. */
function latestOf<A, R>(of: (argument: A) => R): (argument: A) => R {
  let latest: { argument: A; result: R } | null = null
  return (argument) => {
    if (latest === null || latest.argument !== argument) latest = { argument, result: of(argument) }
    return latest.result
  }
}
