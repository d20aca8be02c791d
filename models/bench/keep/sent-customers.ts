import type { SendOutcome } from "../../../src/core/plan/halt.ts"
import { gamma, type Random } from "../../random.ts"

/** Dependence of sends to one customer: their number, correlation and order. */
export interface Clustering {
  sends: number
  /** Correlation of whether two sends to one customer are kept. */
  correlation: number
  /** Customers whose sends alternate; 1: one customer's come in a row. */
  served: number
}

export const single: Clustering = { sends: 1, correlation: 0, served: 1 }

/** Yields resolved sends whose kept share is `shareAt(n)` at the n-th; a customer's own share is beta-distributed around it, and redrawn when it changes. */
export function* resolvedSends(
  count: number,
  shareAt: (n: number) => number,
  { sends, correlation, served }: Clustering,
  random: Random,
): Generator<SendOutcome> {
  const open: { customerId: string; left: number; share: number; around: number }[] = []
  let customers = 0
  for (let n = 0; n < count; n++) {
    const around = shareAt(n)
    while (open.length < served) {
      open.push({ customerId: String(customers++), left: sends, share: ownShare(around, correlation, random), around })
    }
    const place = served === 1 ? 0 : Math.floor(random() * open.length)
    const customer = open[place]!
    if (customer.around !== around) {
      customer.around = around
      customer.share = ownShare(around, correlation, random)
    }
    yield { customerId: customer.customerId, kept: random() < customer.share }
    customer.left--
    if (customer.left === 0) {
      open[place] = open.at(-1)!
      open.pop()
    }
  }
}

function ownShare(around: number, correlation: number, random: Random): number {
  if (correlation === 0) return around
  const prior = 1 / correlation - 1
  const kept = around * prior * gamma(random, around * prior)
  const returned = (1 - around) * prior * gamma(random, (1 - around) * prior)
  return kept / (kept + returned)
}
