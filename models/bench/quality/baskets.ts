import { pastOf } from "../../data/past.ts"
import type { Window } from "../../data/window.ts"
import { namesOf, shuffled } from "./permutation.ts"
import { historyOfOrders, now, type Protocol } from "./protocol.ts"

/**
 * Tests on the last basket, validates on the one before and trains the ranker on the one before that, each with a past that ends right
 * before it. Without dates all last baskets count as equally late, so recent popularity includes others' later baskets.
 */
export function basketsProtocol(customers: readonly (readonly (readonly number[])[])[], seed: number): Protocol {
  const names = namesOf(
    customers.flatMap((baskets) => baskets.flat()),
    seed,
    2,
  )
  const named = shuffled(customers, seed, 1).map((baskets) => baskets.map((items) => items.map((i) => names.get(i)!)))
  const windowBefore = (last: number): Window => {
    const withBasket = named.filter((baskets) => baskets.length > last)
    const histories = withBasket.map((baskets) => historyOfOrders(baskets.slice(0, -last)))
    return {
      past: pastOf(histories, now),
      queries: withBasket.map((baskets, n) => ({
        history: histories[n]!,
        repeats: "allowed",
        relevant: new Set(baskets.at(-last)),
      })),
    }
  }
  const { past, queries } = windowBefore(1)
  return { training: { windows: { earlier: windowBefore(3), later: windowBefore(2) }, past }, queries }
}
