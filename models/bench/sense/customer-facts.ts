/** An event as a customer's export tells it; `at` in milliseconds since the epoch. */
export interface PastEvent {
  name: string
  at: number
  lines: readonly { itemId: string; quantity: number; price?: number }[]
}

/** Facts of one customer that answers are checked by, counted from the events alone. */
export interface CustomerFacts {
  /** Pieces bought less pieces sent back or cancelled, by item. */
  netQuantity: ReadonlyMap<string, number>
  returned: ReadonlySet<string>
  viewed: ReadonlySet<string>
  /** Time of the latest purchase, by item. */
  boughtAt: ReadonlyMap<string, number>
  /** Highest price of one piece bought; `null` without a purchase. */
  highestPrice: number | null
  /** Times of the orders, ascending. */
  orderTimes: readonly number[]
}

const bringsBack = new Set(["Order Refunded", "Order Cancelled", "Product Returned"])

/** Returns the facts of a customer's events, in whatever order they come. */
export function factsOf(events: readonly PastEvent[]): CustomerFacts {
  const netQuantity = new Map<string, number>()
  const returned = new Set<string>()
  const viewed = new Set<string>()
  const boughtAt = new Map<string, number>()
  const orderTimes: number[] = []
  let highestPrice: number | null = null
  for (const { name, at, lines } of events.toSorted((a, b) => a.at - b.at)) {
    const sign = name === "Order Completed" ? 1 : bringsBack.has(name) ? -1 : 0
    if (sign === 1) orderTimes.push(at)
    for (const { itemId, quantity, price } of lines) {
      if (sign !== 0) netQuantity.set(itemId, (netQuantity.get(itemId) ?? 0) + sign * quantity)
      if (sign === -1) returned.add(itemId)
      if (sign === 0) viewed.add(itemId)
      if (sign !== 1) continue
      boughtAt.set(itemId, at)
      if (price !== undefined) highestPrice = Math.max(highestPrice ?? 0, price)
    }
  }
  return { netQuantity, returned, viewed, boughtAt, highestPrice, orderTimes }
}

/** True if the customer sent the item back and has none left. */
export const gaveBack = ({ returned, netQuantity }: CustomerFacts, itemId: string): boolean =>
  returned.has(itemId) && (netQuantity.get(itemId) ?? 0) <= 0

/** Returns the time since the last order in the customer's own usual intervals, the median of theirs; `null` with fewer than three orders. */
export function silenceOf({ orderTimes }: CustomerFacts, nowMs: number): number | null {
  if (orderTimes.length < 3) return null
  const gaps = orderTimes
    .slice(1)
    .map((at, n) => at - orderTimes[n]!)
    .sort((a, b) => a - b)
  const usual = (gaps[Math.floor((gaps.length - 1) / 2)]! + gaps[Math.ceil((gaps.length - 1) / 2)]!) / 2
  return usual === 0 ? null : (nowMs - orderTimes.at(-1)!) / usual
}
