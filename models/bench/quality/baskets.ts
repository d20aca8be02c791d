import { pastOf } from "../../data/past.ts"
import type { Window } from "../../data/window.ts"
import { namesOf, shuffled } from "./permutation.ts"
import { historyOfOrders, now, type Protocol } from "./protocol.ts"

/**
 * The last basket is asked for; the one before judges and the one before that teaches, each with a past that ends right before it.
 * Without dates everybody's last basket is taken as equally late, so what is popular now knows others' later baskets.
 */
export function basketsProtocol(customers: readonly (readonly (readonly number[])[])[], seed: number): Protocol {
  const names = namesOf(
    customers.flatMap((baskets) => baskets.flat()),
    seed,
    2,
  )
  const named = shuffled(customers, seed, 1).map((baskets) => baskets.map((items) => items.map((i) => names.get(i)!)))
  const windowBefore = (last: number): Window => {
    const known = named.filter((baskets) => baskets.length > last)
    const histories = known.map((baskets) => historyOfOrders(baskets.slice(0, -last)))
    return {
      past: pastOf(histories, now),
      queries: known.map((baskets, n) => ({
        history: histories[n]!,
        repeats: "allowed",
        relevant: new Set(baskets.at(-last)),
      })),
    }
  }
  const { past, queries } = windowBefore(1)
  return { training: { windows: { earlier: windowBefore(3), later: windowBefore(2) }, past }, queries }
}
