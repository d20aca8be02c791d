import type { History } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"

/** Logarithms of the prices that a shop's customers pay: mean, and deviations within a customer and between customers. */
export interface PaidPrices {
  mean: number
  within: number
  between: number
}

/**
 * Returns a function from the log of a price to ln P(one of the customer's purchases, the next included, costs at least as much), less that
 * of their middle price and at most 0. Prices are lognormal, each customer's mean drawn towards the shop's (Lindley and Smith 1972).
 */
export function priceRange(
  history: History,
  lnPriceOf: (itemId: string) => number,
  { mean, within, between }: PaidPrices,
): (lnPrice: number) => number {
  let sum = 0
  let count = 0
  for (const itemId in history.items) {
    const kept = netPurchases(history.items[itemId]!)
    const lnPrice = lnPriceOf(itemId)
    if (kept <= 0 || Number.isNaN(lnPrice)) continue
    sum += kept * lnPrice
    count += kept
  }
  const precision = 1 / between ** 2 + count / within ** 2
  const own = (mean / between ** 2 + sum / within ** 2) / precision
  const deviation = Math.sqrt(within ** 2 + 1 / precision)
  const reached = (share: number) => Math.log(-Math.expm1((count + 1) * Math.log1p(-share)))
  const middle = reached(0.5)
  return (lnPrice) =>
    Number.isNaN(lnPrice) ? 0 : Math.min(0, reached(shareAbove((lnPrice - own) / deviation)) - middle)
}

/** P(a standard normal is above z), by Abramowitz and Stegun 26.2.17. */
function shareAbove(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const above = (series * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
  return Math.min(1 - 1e-12, Math.max(1e-12, z >= 0 ? above : 1 - above))
}
