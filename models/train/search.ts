import { confidencesOf } from "../../src/core/preference/confidences.ts"
import { createFactors, foldIn, scoreAll } from "../../src/core/preference/factors.ts"
import { scoreHabit } from "../../src/core/preference/habit.ts"
import { momentsOf } from "../../src/core/preference/moments.ts"
import { type Graph, momentQuery, scoreNeighbors, tasteQuery } from "../../src/core/preference/neighbors.ts"
import type { MomentPart, Repeats } from "../../src/core/preference/parts.ts"
import { popularityFor } from "../../src/core/preference/popularity.ts"
import { scoreSessions, sessionScratch, sessionWeights } from "../../src/core/preference/sessions.ts"
import { fitHabit } from "../habit/fit.ts"
import { fitContent } from "../neighbors/fit-content.ts"
import { fitLocalSlim } from "../neighbors/fit-local-slim.ts"
import { fitTogether, type TogetherParameters } from "../neighbors/fit-together.ts"
import { fitOnward, fitTransitions } from "../neighbors/fit-transitions.ts"
import { fitPopularity } from "../popularity/fit.ts"
import { fitPreference } from "../preference/fit.ts"
import { fitSessions } from "../sessions/fit.ts"
import { type Asked, askedOf, meanQuality, setScores } from "./asked.ts"
import type { Configuration } from "./configuration.ts"
import { type Axes, coordinateSearch, type Trial } from "./coordinate-search.ts"
import { interactionsOf } from "./interactions-of.ts"
import {
  decayValues,
  dimensionAxes,
  dimensionBar,
  dimensionLeastGains,
  habitAxes,
  type PreferenceChoice,
  popularityAxes,
  preferenceAxes,
  sessionAxes,
  slimAxes,
  startingSlim,
  type TogetherChoice,
  togetherAxes,
  transitionAxes,
  trialSupport,
  withoutTime,
} from "./search-axes.ts"
import { sequencesOf } from "./sequences.ts"
import { spread, type Window } from "./window.ts"

/** What was tried for a model, in order, and the mean validation NDCG@20 it gave. */
export interface SearchStep {
  model: string
  trials: readonly Trial[]
}

export interface SearchTools {
  threads: number
  /** Each model's trials at most, its start included. */
  trials: number
  /** Whether there is time for another trial. */
  hasTime: () => boolean
  onProgress: (line: string) => void
}

/** Questions asked of each trial at most. */
const maxAsked = 1000
/** Customers that a trial of factors learns from at most. */
const maxSample = 40_000

/** Chooses each part's parameters on a window, by itself, by the same procedure and budget whatever the data. */
export async function searchConfiguration(
  start: Configuration,
  window: Window,
  tools: SearchTools,
): Promise<{ configuration: Configuration; steps: SearchStep[] }> {
  const { histories, items, attributes, untilMs } = window.past
  const asked = askedOf(window, maxAsked)
  const size = items.ids.length
  const everybody: readonly Repeats[] = ["allowed", "excluded"]
  /** A graph is judged by what it finds anew, where anybody asks for that: an item is never its own neighbour. */
  const anew: readonly Repeats[] = asked.some(({ repeats }) => repeats === "excluded") ? ["excluded"] : everybody
  const hasTimes = histories.some(({ firstAt, lastAt }) => firstAt !== lastAt)
  const timely = <P extends object>(axes: Axes<P>): Axes<P> => (hasTimes ? axes : withoutTime(axes))
  const steps: SearchStep[] = []
  const search = async <P extends object>(
    model: string,
    from: P,
    axes: Axes<P>,
    quality: (parameters: P) => number | Promise<number>,
    /** What the start must reach for others to be tried, and the share that a step along an axis must gain. */
    { bar = 0, leastGains = {} }: { bar?: number; leastGains?: { readonly [K in keyof P]?: number } } = {},
  ): Promise<{ best: P; quality: number }> => {
    let left = tools.trials - 1
    let reached = 0
    const measured = async (parameters: P) => {
      const value = await quality(parameters)
      reached = Math.max(reached, value)
      return value
    }
    const mayTry = () => reached >= bar && left-- > 0 && tools.hasTime()
    const found = await coordinateSearch(from, axes, measured, mayTry, leastGains)
    steps.push({ model, trials: found.trials })
    const said = `${found.trials.length} trials, validation NDCG@20 ${found.quality.toFixed(4)}`
    tools.onProgress(`${model}: ${said}, ${JSON.stringify(found.best)}`)
    return found
  }

  const { best: popularity } = await search("popularity", start.popularity, popularityAxes, (parameters) => {
    const weights = fitPopularity(histories, items, start.confidence, untilMs, parameters)
    return meanQuality(asked, everybody, size, ({ history }, out) => setScores(out, popularityFor(weights, history)))
  })

  const chosenHabit = asked.some(({ repeats }) => repeats === "allowed")
    ? await search("habit", start.habit, habitAxes, (parameters) => {
        const weights = fitHabit(histories, items, untilMs, parameters)
        return meanQuality(asked, ["allowed"], size, ({ history }, out) =>
          scoreHabit(weights, history, items, untilMs, out),
        )
      })
    : null
  const habit = chosenHabit?.best ?? start.habit

  const sample = spread(histories, maxSample)
  const byFactors = async ({ halfLifeDays, ...parameters }: PreferenceChoice) => {
    const weights = { ...start.confidence, halfLifeDays }
    const factors = createFactors(await fitPreference(interactionsOf(sample, items, weights), parameters, tools))
    const scores = new Float32Array(size)
    return meanQuality(asked, everybody, size, ({ history }, out) => {
      scoreAll(factors, foldIn(factors, confidencesOf(history, items, weights)), scores)
      setScores(out, scores)
    })
  }
  const preferenceStart = { ...start.preference, halfLifeDays: start.confidence.halfLifeDays }
  const narrow = await search("factors", preferenceStart, timely(preferenceAxes), byFactors)
  const confidence = { ...start.confidence, halfLifeDays: narrow.best.halfLifeDays }

  const interactions = interactionsOf(histories, items, confidence)
  const pasts = new Map(asked.map((one) => [one, confidencesOf(one.history, items, confidence)]))
  const moments = new Map(asked.map((one) => [one, momentsOf(one.history, items)]))
  /** No row of a graph but these is looked at. */
  const sources = new Uint8Array(size)
  for (const { index } of pasts.values()) for (const row of index) sources[row] = 1
  for (const { rows } of moments.values()) for (const row of rows) sources[row] = 1
  const byMoments = (graph: Graph, decay: number) =>
    meanQuality(asked, anew, size, (one, out) => scoreNeighbors(graph, momentQuery(moments.get(one)!, decay), out))

  const { halfLifeDays } = start.neighbors
  const togetherStart: TogetherChoice = { ...start.neighbors.together, halfLifeDays }
  const byTaste = (graph: Graph, halfLifeDays: number | null) =>
    meanQuality(asked, anew, size, (one: Asked, out) =>
      scoreNeighbors(graph, tasteQuery(pasts.get(one)!, { halfLifeDays }), out),
    )
  const counted = await search("together", togetherStart, timely(togetherAxes), ({ halfLifeDays, ...parameters }) =>
    byTaste(fitTogether(interactions, untilMs, parameters as TogetherParameters, sources), halfLifeDays),
  )
  const { halfLifeDays: tasteHalfLife, ...together } = counted.best
  const wide = await search("factors' dimensions", narrow.best, dimensionAxes, byFactors, {
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
      return byTaste(await fitLocalSlim(interactions, { ...parameters, support }, tools), tasteHalfLife)
    },
    { bar: counted.quality },
  )
  /** It costs most of all graphs, so it stands only where it finds more than counting does. */
  const slim = regressed.quality > counted.quality ? regressed.best : null

  const sequences = sequencesOf(histories, items)
  const { decays } = start.neighbors
  const { best: transitions } = await search("onward", start.neighbors.transitions, transitionAxes, (parameters) =>
    byMoments(fitOnward(sequences, size, parameters, sources), decays.onward),
  )

  const graphs = {
    ...fitTransitions(sequences, size, transitions),
    intent: fitTogether(interactions, untilMs, together, sources),
    content: fitContent(attributes, start.neighbors.contentArrows),
  }
  const chosenDecays: Record<MomentPart, number> = { ...decays }
  for (const part of ["intent", "onward", "next", "beyond", "content"] as const) {
    if (graphs[part].targets.length === 0) continue
    const axes = { decay: decayValues }
    const found = await search(`${part} decay`, { decay: decays[part] }, axes, ({ decay }) =>
      byMoments(graphs[part], decay),
    )
    chosenDecays[part] = found.best.decay
  }

  const { best: sessions } = await search("sessions", start.sessions, sessionAxes, (parameters) => {
    const weights = sessionWeights(fitSessions(sequences, parameters), parameters, size)
    const scratch = sessionScratch(weights)
    return meanQuality(asked, everybody, size, (one, out) => scoreSessions(weights, moments.get(one)!, scratch, out))
  })

  const neighbors = {
    ...start.neighbors,
    together,
    slim,
    transitions,
    halfLifeDays: tasteHalfLife,
    decays: chosenDecays,
  }
  return { configuration: { confidence, preference, neighbors, sessions, habit, popularity }, steps }
}
