import type { ConfidenceWeights } from "../../src/core/preference/confidences.ts"
import { createFactors, foldIn, scoreAll } from "../../src/core/preference/factors.ts"
import { scoreHabit } from "../../src/core/preference/habit.ts"
import { type Graph, historyQuery, scoreNeighbors } from "../../src/core/preference/neighbors.ts"
import { popularityFor } from "../../src/core/preference/popularity.ts"
import type { Kernel } from "../../src/kernel/kernel.ts"
import { interactionsOf } from "../data/interactions-of.ts"
import { spread, type Window } from "../data/window.ts"
import { fitHabit, type HabitParameters } from "../habit/fit.ts"
import { type CoOccurrenceParameters, fitCoOccurrence } from "../neighbors/fit-co-occurrence.ts"
import { fitLocalSlim } from "../neighbors/fit-local-slim.ts"
import type { LocalSlimParameters } from "../neighbors/slim-parameters.ts"
import { fitPopularity, type PopularityParameters } from "../popularity/fit.ts"
import { createFitKernel, fitPreference } from "../preference/fit.ts"
import type { Configuration } from "./configuration.ts"
import type { Axes } from "./coordinate-search.ts"
import { setScores } from "./evaluation-queries.ts"
import { modelSearch, type SearchStep, type SearchTools } from "./model-search.ts"
import {
  type CoOccurrenceChoice,
  coOccurrenceAxes,
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
  trialSupport,
} from "./search-axes.ts"
import { type SearchedWindow, searchedWindows } from "./searched-window.ts"
import { joinResults, type QueryResults } from "./validation.ts"

export interface TasteChoice extends Pick<Configuration, "confidence" | "preference" | "habit" | "popularity"> {
  coOccurrence: CoOccurrenceParameters
  halfLifeDays: number | null
  slim: LocalSlimParameters | null
  sessionCoOccurrenceDecay: number
  steps: SearchStep[]
  firstTrialsMs: number
}

/** Customers that a trial of factors learns from at most. */
const maxSample = 40_000

/** Evaluates each model with some parameters on a window. */
interface TasteEvaluator extends SearchedWindow {
  popularity(parameters: PopularityParameters): QueryResults
  habit(parameters: HabitParameters): QueryResults
  factors(choice: PreferenceChoice): Promise<QueryResults>
  coOccurrence(choice: CoOccurrenceChoice, confidence: ConfidenceWeights): QueryResults
  slim(parameters: LocalSlimParameters, taste: Taste): Promise<QueryResults>
  /** Evaluates the co-occurrence graph queried with the latest session steps. */
  sessionCoOccurrence(
    coOccurrence: CoOccurrenceParameters,
    confidence: ConfidenceWeights,
  ): (decay: number) => QueryResults
}

interface Taste {
  confidence: ConfidenceWeights
  halfLifeDays: number | null
}

function tasteEvaluator(start: Configuration, window: SearchedWindow, kernel: Kernel, threads: number): TasteEvaluator {
  const { past, sources, qualityOf, sessionQuality, interactionsOf: pastsOf } = window
  const { histories, items, untilMs } = past
  const sample = spread(histories, maxSample)
  const seenWith = latestOf((halfLifeDays: number | null) => {
    const weights: ConfidenceWeights = { ...start.confidence, halfLifeDays }
    return { matrix: interactionsOf(sample, items, weights), pastOf: pastsOf(weights) }
  })
  const knownWith = latestOf((confidence: ConfidenceWeights) => ({
    interactions: interactionsOf(histories, items, confidence),
    pastOf: pastsOf(confidence),
  }))
  const scores = new Float32Array(items.ids.length)
  const byTaste = (graph: Graph, { confidence, halfLifeDays }: Taste) => {
    const { pastOf } = knownWith(confidence)
    return qualityOf("graph", (one, out) => scoreNeighbors(graph, historyQuery(pastOf(one), { halfLifeDays }), out))
  }
  const coOccurrenceOf = (parameters: CoOccurrenceParameters, confidence: ConfidenceWeights) =>
    fitCoOccurrence(knownWith(confidence).interactions, untilMs, parameters, sources)
  return {
    ...window,
    popularity(parameters) {
      const weights = fitPopularity(histories, items, start.confidence, untilMs, parameters)
      return qualityOf("all", ({ history }, out) => setScores(out, popularityFor(weights, history)))
    },
    habit(parameters) {
      const weights = fitHabit(histories, items, untilMs, parameters)
      return qualityOf("allowed", ({ history }, out) => scoreHabit(weights, history, items, untilMs, out))
    },
    async factors({ halfLifeDays, ...parameters }) {
      const { matrix, pastOf } = seenWith(halfLifeDays)
      const factors = createFactors(await fitPreference(matrix, parameters, { threads, kernel }))
      return qualityOf("all", (one, out) => {
        scoreAll(factors, foldIn(factors, pastOf(one)), scores)
        setScores(out, scores)
      })
    },
    coOccurrence: ({ halfLifeDays, ...parameters }, confidence) =>
      byTaste(coOccurrenceOf(parameters, confidence), { confidence, halfLifeDays }),
    async slim(parameters, taste) {
      const support = Math.min(trialSupport, parameters.support)
      const { interactions } = knownWith(taste.confidence)
      return byTaste(await fitLocalSlim(interactions, { ...parameters, support }, { threads }), taste)
    },
    sessionCoOccurrence(coOccurrence, confidence) {
      const graph = coOccurrenceOf(coOccurrence, confidence)
      return (decay) => sessionQuality(graph, decay)
    },
  }
}

/** Chooses the models that score with a customer's whole history, on the queries of all windows: popularity, habit, factors, co-occurrence. */
export async function searchTaste(
  start: Configuration,
  windows: readonly Window[],
  tools: SearchTools,
): Promise<TasteChoice> {
  const kernel = createFitKernel()
  const evaluators = searchedWindows(windows).map((window) => tasteEvaluator(start, window, kernel, tools.threads))
  const { steps, search, firstTrialsMs } = modelSearch(tools)
  const timely = <P extends object>(axes: Axes<P>) => evaluators[0]!.timely(axes)
  const all = async (ask: (evaluator: TasteEvaluator) => QueryResults | Promise<QueryResults>) => {
    const results: QueryResults[] = []
    for (const evaluator of evaluators) results.push(await ask(evaluator))
    return joinResults(results)
  }

  const popular = await search(
    "popularity",
    start.popularity,
    popularityAxes,
    (parameters) => all((evaluator) => evaluator.popularity(parameters)),
    { share: 0.08 },
  )
  const allowsRepeats = evaluators.some(({ prepared }) => prepared.some(({ repeats }) => repeats === "allowed"))
  const habitual = allowsRepeats
    ? await search("habit", start.habit, habitAxes, (parameters) => all((evaluator) => evaluator.habit(parameters)), {
        share: 0.16,
      })
    : null

  const byFactors = (choice: PreferenceChoice) => all((evaluator) => evaluator.factors(choice))
  const preferenceStart = { ...start.preference, halfLifeDays: start.confidence.halfLifeDays }
  const narrow = await search("factors", preferenceStart, timely(preferenceAxes), byFactors, { share: 0.5 })
  const confidence = { ...start.confidence, halfLifeDays: narrow.best.halfLifeDays }

  const coOccurrenceStart: CoOccurrenceChoice = {
    ...start.neighbors.coOccurrence,
    halfLifeDays: start.neighbors.halfLifeDays,
  }
  const counted = await search(
    "coOccurrence",
    coOccurrenceStart,
    timely(coOccurrenceAxes),
    (choice) => all((evaluator) => evaluator.coOccurrence(choice, confidence)),
    { share: 0.7 },
  )
  const { halfLifeDays, ...coOccurrence } = counted.best
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
    (parameters) => all((evaluator) => evaluator.slim(parameters, { confidence, halfLifeDays })),
    { share: 0.95, bar: counted.quality },
  )
  const sessionEvaluations = new Map(
    evaluators.map((evaluator) => [evaluator, evaluator.sessionCoOccurrence(coOccurrence, confidence)]),
  )
  const decay = await search(
    "sessionCoOccurrence decay",
    { decay: start.neighbors.decays.sessionCoOccurrence },
    { decay: decayValues },
    ({ decay }) => all((evaluator) => sessionEvaluations.get(evaluator)!(decay)),
    { share: 1 },
  )
  return {
    confidence,
    preference,
    habit: habitual?.best ?? start.habit,
    popularity: popular.best,
    coOccurrence,
    halfLifeDays,
    /** It costs most of all graphs, so it stands only where it finds more than counting does. */
    slim: regressed.quality > counted.quality ? regressed.best : null,
    sessionCoOccurrenceDecay: decay.best.decay,
    steps,
    firstTrialsMs: firstTrialsMs(),
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
