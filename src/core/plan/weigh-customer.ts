import type { Item } from "../catalogue/item.ts"
import { logit, sigmoid } from "../measure/logistic-regression.ts"
import type { PlanRequest } from "../policy/plan-request.ts"
import { createPossession } from "../possession/possession.ts"
import type { Renewal } from "../possession/renewal.ts"
import {
  createContactGate,
  customerRefusal,
  type Gate,
  type GateCustomer,
  inFlightRefusal,
  isGift,
  itemRefusal,
  type PlanConstraints,
  shipsGoods,
} from "./plan-gates.ts"
import { giftValue, outlayAtRisk, type SendEconomics, sendValue } from "./send-economics.ts"

/** Model probabilities of one item for one customer. */
export interface ItemForecast {
  itemId: string
  /** P(keep | sent). */
  keep: number
  /** P(buys it anyway within the horizon). */
  buysAnyway: number
  /** Log-odds by which the customer takes up a suggestion of the item more likely than customers and items do on average. */
  takeUpLogOdds: number
}

/** An item that may be sent to a customer, with its expected value in money. */
export interface WeighedItem extends Omit<ItemForecast, "takeUpLogOdds"> {
  value: number
  /** Money at risk, which budgets reserve. */
  money: number
  gift: boolean
}

/** Items of one customer that passed every gate, and the number that each gate refused. */
export interface WeighedCustomer {
  items: readonly WeighedItem[]
  itemsRefusedBy: ReadonlyMap<Gate, number>
}

export interface WeighingInputs {
  terms: PlanConstraints
  costs: PlanRequest["costs"]
  items: ReadonlyMap<string, Item>
  /** Units nobody holds; `undefined`: not counted. */
  stockLeft: (itemId: string) => number | undefined
  /** Renewal times of the release; `null`: those assumed without one. */
  renewal: Renewal | null
}

/** Returns the first gate that refuses a customer whatever the item, or `null`; checked before models are asked. */
export const firstClosedGate = (customer: GateCustomer, terms: PlanConstraints): Gate | null =>
  (customerRefusal(customer, terms) ?? inFlightRefusal(customer, terms))?.gate ?? null

/** Values the forecast items of an eligible customer and counts those that a gate refuses. */
export function weighCustomer(
  customer: GateCustomer,
  forecasts: readonly ItemForecast[],
  { terms, costs, items, stockLeft, renewal }: WeighingInputs,
): WeighedCustomer {
  const gift = isGift(terms, customer.consents)
  const checkContact = createContactGate(customer, terms)
  const possession = createPossession(customer.history, terms.nowMs, renewal)
  const itemsRefusedBy = new Map<Gate, number>()
  const weighed: WeighedItem[] = []
  for (const forecast of forecasts) {
    const { itemId, keep, buysAnyway } = forecast
    const item = items.get(itemId)
    const refusal = itemRefusal(customer, item, stockLeft(itemId), terms, possession) ?? checkContact(itemId)
    if (refusal) itemsRefusedBy.set(refusal.gate, (itemsRefusedBy.get(refusal.gate) ?? 0) + 1)
    else {
      const economics = sendTerms(forecast, item!, costs, terms.autonomyLevel)
      const value = gift ? giftValue(economics) : sendValue(economics)
      weighed.push({ itemId, keep, buysAnyway, value, money: outlayAtRisk(economics), gift })
    }
  }
  return { items: weighed, itemsRefusedBy }
}

/** Returns the economics of a send; without goods it costs only the contact, and moves those who take it up. */
function sendTerms(
  { keep, buysAnyway, takeUpLogOdds }: ItemForecast,
  { price = 0, margin }: Item,
  costs: PlanRequest["costs"],
  autonomyLevel: PlanConstraints["autonomyLevel"],
): SendEconomics {
  const earned = margin ?? price * costs.marginShare
  const ships = shipsGoods(autonomyLevel)
  const moved = ships ? 1 : sigmoid(logit(costs.takeUpRate) + takeUpLogOdds)
  return {
    keep: moved * keep,
    buysAnyway: moved * buysAnyway,
    margin: earned,
    organicMargin: earned - costs.organicShipping,
    outboundCost: ships ? costs.outbound : costs.contact,
    returnCost: ships ? costs.return : 0,
    lossRate: ships ? costs.lossRate : 0,
    unitCost: ships ? Math.max(0, price - earned) : 0,
    annoyance: ships ? costs.annoyance : 0,
    goodwill: costs.goodwill,
    stockPrice: 0,
  }
}
