import { fade } from "../../src/core/preference/confidences.ts"
import type { Graph } from "../../src/core/preference/neighbors.ts"
import type { ItemGroups } from "../data/item-groups.ts"
import { fitLocalSlim } from "../neighbors/fit-local-slim.ts"
import type { LocalSlimParameters } from "../neighbors/slim-parameters.ts"

export interface CompletionParameters extends LocalSlimParameters {
  /** Half-life of a basket by its age, in days. */
  halfLifeDays: number | null
}

/** Explains each item of a basket by the others (see `fitLocalSlim`, whose customers are baskets here); older baskets count less. */
export function fitCompletion(
  { offsets, rows, at }: ItemGroups,
  items: number,
  untilMs: number,
  { halfLifeDays, ...parameters }: CompletionParameters,
  options: { threads: number },
): Promise<Graph> {
  const confidence = new Float32Array(rows.length)
  for (let g = 0; g < at.length; g++) {
    // A pair weighs the product of two, so each is the root of the basket's.
    confidence.fill(Math.sqrt(fade(untilMs - at[g]!, halfLifeDays)), offsets[g]!, offsets[g + 1]!)
  }
  return fitLocalSlim({ customers: at.length, items, offsets, indexes: rows, confidence }, parameters, options)
}
