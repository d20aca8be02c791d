import { emptyGraph, type NeighborWeights } from "../../src/core/preference/neighbors.ts"
import type { TimedInteractions } from "../train/interaction-matrix.ts"
import type { ItemAttributes } from "../train/item-attributes.ts"
import type { TimedSequences } from "../train/sequences.ts"
import { fitContent } from "./fit-content.ts"
import { fitLocalSlim, type LocalSlimParameters } from "./fit-local-slim.ts"
import { fitSpectral, type SpectralParameters } from "./fit-spectral.ts"
import { fitTogether, type TogetherParameters } from "./fit-together.ts"
import { fitTransitions, type TransitionParameters } from "./fit-transitions.ts"

export interface NeighborParameters extends Pick<NeighborWeights, "halfLifeDays" | "decays"> {
  together: TogetherParameters
  /** `null`: no such graph. */
  slim: LocalSlimParameters | null
  transitions: TransitionParameters
  spectral: SpectralParameters
  /** Arrows by content that are kept of each item. */
  contentArrows: number
}

/** What the graphs are learnt from; row `i` of everything is the same item. */
export interface NeighborData {
  interactions: TimedInteractions
  sequences: TimedSequences
  attributes: ItemAttributes
  /** Milliseconds since the epoch. */
  untilMs: number
}

/** Fits every item graph; one for which the data has nothing is empty. */
export async function fitNeighbors(
  { interactions, sequences, attributes, untilMs }: NeighborData,
  { together, slim, transitions, spectral, contentArrows, halfLifeDays, decays }: NeighborParameters,
  { threads }: { threads: number },
): Promise<NeighborWeights> {
  const { items } = interactions
  const steps = fitTransitions(sequences, items, transitions)
  const graphs = {
    together: fitTogether(interactions, untilMs, together),
    slim: slim ? await fitLocalSlim(interactions, slim, { threads }) : emptyGraph(items),
    ...steps,
    spectral: fitSpectral(steps.onward, spectral),
    content: fitContent(attributes, contentArrows),
  }
  return { graphs, halfLifeDays, decays }
}
