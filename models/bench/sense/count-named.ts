import { type CustomerFacts, gaveBack } from "./customer-facts.ts"

/** One offer made to one customer; `itemIds` are the items that it names, best first. */
export interface Named {
  customerId: string
  offerId: string
  itemIds: readonly string[]
}

export interface NamedFigures {
  /** Different pairs of offer and first item. */
  distinct: number
  /** Share of those asked who got the most frequent pair. */
  topShare: number
  returned: number
  tooSoon: number | null
  priceBeyond: number | null
  /** Pairs of customer and item that the shares are of. */
  items: number
}

const soonDays = 14
const dayMs = 86_400_000
const beyond = 1.5

/** Counts what offers name: how much they differ, and which items the customer gave back, just bought or would not pay for. */
export function countNamed(
  named: readonly Named[],
  {
    asked,
    factsBy,
    priceOf,
    nowMs,
  }: {
    asked: number
    factsBy: ReadonlyMap<string, CustomerFacts>
    priceOf: ReadonlyMap<string, number>
    nowMs: number
  },
): NamedFigures {
  const counts = countBy(named, ({ offerId, itemIds }) => `${offerId} ${itemIds[0] ?? ""}`)
  const pairs = named.flatMap(({ customerId, itemIds }) => {
    const facts = factsBy.get(customerId)
    return facts === undefined ? [] : itemIds.map((itemId) => ({ facts, itemId }))
  })
  const isSoon = ({ facts, itemId }: (typeof pairs)[number]) =>
    nowMs - (facts.boughtAt.get(itemId) ?? Number.NEGATIVE_INFINITY) < soonDays * dayMs
  const priced = pairs.filter(({ facts, itemId }) => facts.highestPrice !== null && priceOf.has(itemId))
  return {
    distinct: counts.size,
    topShare: Math.max(0, ...counts.values()) / asked,
    returned: pairs.filter(({ facts, itemId }) => gaveBack(facts, itemId)).length,
    tooSoon: shareOf(pairs, isSoon),
    priceBeyond: shareOf(priced, ({ facts, itemId }) => priceOf.get(itemId)! > beyond * facts.highestPrice!),
    items: pairs.length,
  }
}

/** Returns how many values there are of each key. */
export function countBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1)
  return counts
}

/** Returns the share of the values for which it holds; `null` of none. */
export const shareOf = <T>(values: readonly T[], holds: (value: T) => boolean): number | null =>
  values.length === 0 ? null : values.filter(holds).length / values.length

/** Returns the largest of the figures that are known; `null` when none is. */
export function worstOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}
