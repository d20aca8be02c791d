/** What sending one item to one customer unasked turns on; money in one currency, per unit. */
export interface SendEconomics {
  /** P(keep | sent). */
  keep: number
  /** P(buys it anyway within the horizon). */
  buysAnyway: number
  /** Contribution margin if it is kept. */
  margin: number
  /** Contribution margin of the sale that would have come by itself, net of its own shipping. */
  organicMargin: number
  outboundCost: number
  returnCost: number
  /** The share of what is not kept that never comes back. */
  lossRate: number
  /** What one lost unit costs. */
  unitCost: number
  /** What it costs to have annoyed somebody with a parcel they did not want … */
  annoyance: number
  /** … and what it is worth to have pleased somebody with one they keep. */
  goodwill: number
  /** What a unit of stock would earn elsewhere. */
  stockPrice: number
}

/** What a parcel that is not kept costs: its way back, or the unit itself where it never returns, and the annoyance. */
export const expectedLoss = ({
  lossRate,
  returnCost,
  unitCost,
  annoyance,
}: Pick<SendEconomics, "lossRate" | "returnCost" | "unitCost" | "annoyance">): number =>
  (1 - lossRate) * returnCost + lossRate * unitCost + annoyance

/**
 * Δ, the money a send is expected to bring over leaving the customer alone:
 * p(m + g) − (1 − p)Loss − s − μ(p + (1 − p)q − b) − b·mb. What would be bought anyway within the horizon is taken as not bought after a send.
 */
export function sendValue(terms: SendEconomics): number {
  const { keep: p, buysAnyway: b, lossRate: q } = terms
  return (
    p * (terms.margin + terms.goodwill) -
    (1 - p) * expectedLoss(terms) -
    terms.outboundCost -
    terms.stockPrice * (p + (1 - p) * q - b) -
    b * terms.organicMargin
  )
}

/** The same for a gift: nothing is billed and nothing comes back, so the unit is spent whatever becomes of it. */
export const giftValue = ({ keep: p, buysAnyway: b, ...terms }: SendEconomics): number =>
  p * terms.goodwill -
  (1 - p) * terms.annoyance -
  terms.unitCost -
  terms.outboundCost -
  terms.stockPrice * (1 - b) -
  b * terms.organicMargin

/** The most money one send can cost in goods and carriage: what a budget has to set aside for it. */
export const outlayAtRisk = ({
  outboundCost,
  returnCost,
  unitCost,
}: Pick<SendEconomics, "outboundCost" | "returnCost" | "unitCost">): number =>
  outboundCost + Math.max(returnCost, unitCost)
