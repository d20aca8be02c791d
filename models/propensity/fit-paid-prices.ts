import type { Item } from "../../src/core/catalogue/item.ts"
import type { History } from "../../src/core/history/history.ts"
import { netPurchases } from "../../src/core/history/net-purchases.ts"
import type { PaidPrices } from "../../src/core/propensity/price-range.ts"

/** Deviation below which prices count as equal, so that one price everywhere stays a range. */
const leastDeviation = 0.05
/** Customers with more than one purchase, below which nothing tells a customer's prices from others'. */
const minRepeated = 30

/** Learns the prices that customers pay by analysis of variance of log prices (Searle 1971); `null` where too few bought twice. */
export function fitPaidPrices(
  histories: readonly History[],
  items: ReadonlyMap<string, Pick<Item, "price">>,
): PaidPrices | null {
  const customers = histories.map((history) => paidBy(history, items)).filter(({ count }) => count > 0)
  const repeated = customers.filter(({ count }) => count > 1).length
  if (repeated < minRepeated) return null
  const sumOf = (of: (one: Paid) => number) => customers.reduce((sum, one) => sum + of(one), 0)
  const lines = sumOf(({ count }) => count)
  const mean = sumOf(({ sum }) => sum) / lines
  const variance = sumOf(({ count, sum, squares }) => squares - sum ** 2 / count) / (lines - customers.length)
  const spread = sumOf(({ count, sum }) => count * (sum / count - mean) ** 2) / (customers.length - 1)
  const usualCount = (lines - sumOf(({ count }) => count ** 2) / lines) / (customers.length - 1)
  const deviation = (square: number) => Math.max(leastDeviation, Math.sqrt(Math.max(0, square)))
  return { mean, within: deviation(variance), between: deviation((spread - variance) / usualCount) }
}

interface Paid {
  count: number
  sum: number
  squares: number
}

function paidBy({ items: own }: History, items: ReadonlyMap<string, Pick<Item, "price">>): Paid {
  const paid = { count: 0, sum: 0, squares: 0 }
  for (const itemId in own) {
    const kept = netPurchases(own[itemId]!)
    const price = items.get(itemId)?.price
    if (kept <= 0 || price === undefined || !(price > 0)) continue
    const lnPrice = Math.log(price)
    paid.count += kept
    paid.sum += kept * lnPrice
    paid.squares += kept * lnPrice ** 2
  }
  return paid
}
