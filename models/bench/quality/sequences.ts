import type { Item } from "../../../src/core/catalogue/item.ts"
import { pastOf } from "../../data/past.ts"
import type { EvaluationQuery, Window } from "../../data/window.ts"
import { namesOf, shuffled } from "./permutation.ts"
import { historyOfOrders, now, type Protocol } from "./protocol.ts"
import type { SequenceData } from "./read-sequences.ts"

/**
 * Leaves one out, strictly: tests on the last item, validates on the second last and trains the ranker on the third last. No model trains on
 * later items than the third last; test queries have all items but the last. Sequences of fewer than four items only train models.
 */
export function sequencesProtocol({ sequences, attributes }: SequenceData, seed: number): Protocol {
  const names = namesOf([...sequences.flat(), ...attributes.keys()], seed, 2)
  const named = shuffled(sequences, seed, 1).map((items) => items.map((item) => names.get(item)!))
  const catalogue = [...names].map(([item, id]): Item => {
    const own = attributes.get(item) ?? []
    return { id, title: id, ...(own.length > 0 && { attributes: { attribute: own.map(String) } }) }
  })
  const historyOf = (items: readonly string[]) => historyOfOrders(items.map((item) => [item]))
  const queriesWithout = (last: number): EvaluationQuery[] =>
    named
      .filter((items) => items.length > last)
      .map((items) => ({
        history: historyOf(items.slice(0, -last)),
        repeats: "excluded",
        relevant: new Set([items.at(-last)!]),
      }))
  const windowWithout = (last: number): Window => ({
    past: pastOf(
      named.map((items) => historyOf(items.slice(0, -last))),
      now,
      catalogue,
    ),
    queries: queriesWithout(last),
  })
  const later = windowWithout(2)
  return {
    training: { windows: { earlier: windowWithout(3), later }, past: later.past, refitOnValidation: false },
    queries: queriesWithout(1),
  }
}
