import type { MomentPart } from "../../src/core/preference/parts.ts"
import { scoreSessions, sessionScratch, sessionWeights } from "../../src/core/preference/sessions.ts"
import { fitContent } from "../neighbors/fit-content.ts"
import { fitOnward, fitTransitions, type TransitionParameters } from "../neighbors/fit-transitions.ts"
import { fitSessions, type SessionFitParameters } from "../sessions/fit.ts"
import type { Configuration } from "./configuration.ts"
import { modelSearch, type SearchStep, type SearchTools } from "./model-search.ts"
import { decayValues, sessionAxes, transitionAxes } from "./search-axes.ts"
import { searchedWindow } from "./searched-window.ts"
import { sequencesOf } from "./sequences.ts"
import type { Window } from "./window.ts"

export interface MomentChoice {
  transitions: TransitionParameters
  decays: Partial<Record<MomentPart, number>>
  sessions: SessionFitParameters
  steps: SearchStep[]
}

/** Chooses what is asked with the latest moments: what comes after what, likeness of content, and like sequences. */
export async function searchMoments(
  { neighbors, sessions: start }: Configuration,
  window: Window,
  tools: SearchTools,
): Promise<MomentChoice> {
  const { past, sources, qualityOf, momentQuality, momentsOf } = searchedWindow(window)
  const { histories, items, attributes } = past
  const size = items.ids.length
  const { steps, search } = modelSearch(tools)
  const sequences = sequencesOf(histories, items)
  const { best: transitions } = await search(
    "onward",
    neighbors.transitions,
    transitionAxes,
    (parameters) => momentQuality(fitOnward(sequences, size, parameters, sources), neighbors.decays.onward),
    { share: 0.4 },
  )
  const graphs = {
    ...fitTransitions(sequences, size, transitions),
    content: fitContent(attributes, neighbors.contentArrows),
  }
  const decays: Partial<Record<MomentPart, number>> = {}
  for (const part of ["onward", "next", "beyond", "content"] as const) {
    if (graphs[part].targets.length === 0) continue
    const from = { decay: neighbors.decays[part] }
    const quality = ({ decay }: { decay: number }) => momentQuality(graphs[part], decay)
    decays[part] = (await search(`${part} decay`, from, { decay: decayValues }, quality, { share: 0.6 })).best.decay
  }
  const { best: sessions } = await search(
    "sessions",
    start,
    sessionAxes,
    (parameters) => {
      const weights = sessionWeights(fitSessions(sequences, parameters), parameters, size)
      const scratch = sessionScratch(weights)
      return qualityOf("all", (one, out) => scoreSessions(weights, momentsOf(one), scratch, out))
    },
    { share: 1 },
  )
  return { transitions, decays, sessions, steps }
}
