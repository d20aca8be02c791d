/** Inputs of a send's value: probabilities, and money per unit in one currency. */
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
  /** Cost of one lost unit. */
  unitCost: number
  /** Cost of a parcel that was not wanted. */
  annoyance: number
  /** Value of the goodwill that a kept parcel earns. */
  goodwill: number
  /** Opportunity cost of a unit of stock. */
  stockPrice: number
}

/** Returns the expected cost of a parcel that is not kept: return shipping or the lost unit, and the annoyance. */
export const expectedLoss = ({
  lossRate,
  returnCost,
  unitCost,
  annoyance,
}: Pick<SendEconomics, "lossRate" | "returnCost" | "unitCost" | "annoyance">): number =>
  (1 - lossRate) * returnCost + lossRate * unitCost + annoyance

/**
 * Returns Δ, the expected increment in money of a send over none:
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

/** Returns Δ of a gift: nothing is billed and nothing comes back, so the unit is always spent. */
export const giftValue = ({ keep: p, buysAnyway: b, ...terms }: SendEconomics): number =>
  p * terms.goodwill -
  (1 - p) * terms.annoyance -
  terms.unitCost -
  terms.outboundCost -
  terms.stockPrice * (1 - b) -
  b * terms.organicMargin

/** Returns the most money one send can cost in goods and shipping, which budgets reserve. */
export const outlayAtRisk = ({
  outboundCost,
  returnCost,
  unitCost,
}: Pick<SendEconomics, "outboundCost" | "returnCost" | "unitCost">): number =>
  outboundCost + Math.max(returnCost, unitCost)
