import { emptyGraph, type Graph, type NeighborWeights } from "../../src/core/preference/neighbors.ts"
import type { GraphName } from "../../src/core/preference/scorers.ts"
import type { TimedInteractions } from "../data/interaction-matrix.ts"
import type { ItemAttributes } from "../data/item-attributes.ts"
import type { TimedSequences } from "../data/sequences.ts"
import { type CoOccurrenceParameters, fitCoOccurrence } from "./fit-co-occurrence.ts"
import { fitContent } from "./fit-content.ts"
import { fitLocalSlim } from "./fit-local-slim.ts"
import { fitSpectral, type SpectralParameters } from "./fit-spectral.ts"
import { fitTransitions, type TransitionParameters } from "./fit-transitions.ts"
import type { LocalSlimParameters } from "./slim-parameters.ts"

export interface NeighborParameters extends Pick<NeighborWeights, "halfLifeDays" | "decays"> {
  coOccurrence: CoOccurrenceParameters
  /** `null`: no such graph. */
  slim: LocalSlimParameters | null
  transitions: TransitionParameters
  spectral: SpectralParameters
  /** Edges by content that are kept of each item. */
  contentEdgesPerItem: number
}

/** Data that the graphs are fitted on; row `i` of everything is the same item. */
export interface NeighborData {
  interactions: TimedInteractions
  sequences: TimedSequences
  attributes: ItemAttributes
  /** Milliseconds since the epoch. */
  untilMs: number
}

/** Fits every item graph; one for which the data has nothing is empty, and so are those for which no time is left, which are named. */
export async function fitNeighbors(
  { interactions, sequences, attributes, untilMs }: NeighborData,
  { coOccurrence, slim, transitions, spectral, contentEdgesPerItem, halfLifeDays, decays }: NeighborParameters,
  { threads, hasTime = () => true }: { threads: number; hasTime?: () => boolean },
): Promise<NeighborWeights & { late: GraphName[] }> {
  const { items } = interactions
  const late: GraphName[] = []
  const none = emptyGraph(items)
  const ifTime = (name: GraphName, learn: () => Graph): Graph => {
    if (hasTime()) return learn()
    late.push(name)
    return none
  }
  const counted = ifTime("coOccurrence", () => fitCoOccurrence(interactions, untilMs, coOccurrence))
  const content = ifTime("content", () => fitContent(attributes, contentEdgesPerItem))
  const steps = hasTime() ? fitTransitions(sequences, items, transitions) : null
  if (steps === null) late.push("transitions", "directTransitions", "twoStepTransitions")
  const regressed = slim && hasTime() ? await fitLocalSlim(interactions, slim, { threads }) : null
  if (slim && regressed === null) late.push("slim")
  const spectrum = steps === null ? none : ifTime("spectral", () => fitSpectral(steps.transitions, spectral))
  const graphs = {
    coOccurrence: counted,
    slim: regressed ?? none,
    ...(steps ?? { transitions: none, directTransitions: none, twoStepTransitions: none }),
    spectral: spectrum,
    content,
  }
  return { graphs, halfLifeDays, decays, late }
}
