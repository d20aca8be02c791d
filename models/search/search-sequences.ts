import type { SessionScorer } from "../../src/core/preference/scorers.ts"
import { scoreSessions, sessionScratch, sessionWeights } from "../../src/core/preference/sessions.ts"
import { sequencesOf } from "../data/sequences.ts"
import type { Window } from "../data/window.ts"
import { fitContent } from "../neighbors/fit-content.ts"
import { fitOnlyTransitions, fitTransitions, type TransitionParameters } from "../neighbors/fit-transitions.ts"
import { fitSessions, type SessionFitParameters } from "../sessions/fit.ts"
import type { Configuration } from "./configuration.ts"
import { modelSearch, type SearchStep, type SearchTools } from "./model-search.ts"
import { decayValues, sessionAxes, transitionAxes } from "./search-axes.ts"
import { searchedWindows } from "./searched-window.ts"
import { joinResults, type QueryResults } from "./validation.ts"

export interface SequenceChoice {
  transitions: TransitionParameters
  decays: Partial<Record<SessionScorer, number>>
  sessions: SessionFitParameters
  steps: SearchStep[]
  firstTrialsMs: number
}

/** Chooses the models that score with the latest session steps, on the queries of all windows: transitions, content and similar sequences. */
export async function searchSequences(
  { neighbors, sessions: start }: Configuration,
  windows: readonly Window[],
  tools: SearchTools,
): Promise<SequenceChoice> {
  const searched = searchedWindows(windows).map((window) => ({
    ...window,
    size: window.past.items.ids.length,
    sequences: sequencesOf(window.past.histories, window.past.items),
  }))
  const all = (ask: (window: (typeof searched)[number]) => QueryResults) => joinResults(searched.map(ask))
  const { steps, search, firstTrialsMs } = modelSearch(tools)
  const { best: transitions } = await search(
    "transitions",
    neighbors.transitions,
    transitionAxes,
    (parameters) =>
      all(({ sequences, size, sources, sessionQuality }) =>
        sessionQuality(fitOnlyTransitions(sequences, size, parameters, sources), neighbors.decays.transitions),
      ),
    { share: 0.4 },
  )
  const graphs = new Map(
    searched.map((window) => [
      window,
      {
        ...fitTransitions(window.sequences, window.size, transitions),
        content: fitContent(window.past.attributes, neighbors.contentEdgesPerItem),
      },
    ]),
  )
  const decays: Partial<Record<SessionScorer, number>> = {}
  for (const scorer of ["transitions", "directTransitions", "twoStepTransitions", "content"] as const) {
    if ([...graphs.values()].every((own) => own[scorer].targets.length === 0)) continue
    const from = { decay: neighbors.decays[scorer] }
    const quality = ({ decay }: { decay: number }) =>
      all((window) => window.sessionQuality(graphs.get(window)![scorer], decay))
    decays[scorer] = (await search(`${scorer} decay`, from, { decay: decayValues }, quality, { share: 0.6 })).best.decay
  }
  const { best: sessions } = await search(
    "sessions",
    start,
    sessionAxes,
    (parameters) =>
      all(({ sequences, size, qualityOf, stepsOf }) => {
        const weights = sessionWeights(fitSessions(sequences, parameters), parameters, size)
        const scratch = sessionScratch(weights)
        return qualityOf("all", (one, out) => scoreSessions(weights, stepsOf(one), scratch, out))
      }),
    { share: 1 },
  )
  return { transitions, decays, sessions, steps, firstTrialsMs: firstTrialsMs() }
}
