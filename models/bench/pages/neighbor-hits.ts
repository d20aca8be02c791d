import { createRandom, shuffled } from "../../random.ts"
import type { Basket } from "./baskets.ts"
import type { Ask } from "./cosine.ts"

const depth = 10

/**
 * Mean number of an item's ten neighbours that a later basket with it holds too, the mean over its baskets, over the items with at least
 * `leastBaskets` earlier baskets.
 */
export function neighborHits(
  ask: Ask,
  later: readonly Basket[],
  earlierSets: Int32Array,
  leastBaskets: number,
): { items: number; hits: number[] } {
  const basketsOf = new Map<number, Basket[]>()
  for (const basket of later) {
    for (const row of basket.rows) {
      if (earlierSets[row]! < leastBaskets) continue
      basketsOf.set(row, [...(basketsOf.get(row) ?? []), basket])
    }
  }
  const hits = [...basketsOf].map(([row, baskets]) => {
    const neighbors = new Set(ask([row], depth))
    const found = baskets.reduce((sum, { rows }) => sum + rows.filter((other) => neighbors.has(other)).length, 0)
    return found / baskets.length
  })
  return { items: hits.length, hits }
}

/** Returns, of each later basket of two items or more, the hits of ten answers to a half of it among the other half. */
export function halfBasketHits(ask: Ask, later: readonly Basket[], seed: number): number[] {
  const random = createRandom(seed, 14)
  return later
    .filter(({ rows }) => rows.length >= 2)
    .map(({ rows }) => {
      const mixed = Array.from(shuffled(rows.length, random), (n) => rows[n]!)
      const hidden = new Set(mixed.slice(0, Math.floor(mixed.length / 2)))
      const given = mixed.slice(hidden.size)
      return ask(given, depth).filter((row) => hidden.has(row)).length
    })
}

/** Returns 1 for each pair whose second row is among ten answers to its first, else 0. */
export function nextViewHits(ask: Ask, pairs: readonly (readonly [number, number])[]): number[] {
  const answers = new Map<number, readonly number[]>()
  return pairs.map(([current, next]) => {
    const known = answers.get(current) ?? ask([current], depth)
    answers.set(current, known)
    return known.includes(next) ? 1 : 0
  })
}
