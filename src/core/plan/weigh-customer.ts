import type { Item } from "../catalogue/item.ts"
import type { PlanRequest } from "../policy/plan-request.ts"
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

/** What models say of one item for one customer. */
export interface ItemForecast {
  itemId: string
  /** P(keep | sent). */
  keep: number
  /** P(buys it anyway within the horizon). */
  buysAnyway: number
}

/** An item that may be sent to a customer and what that is worth, in money. */
export interface WeighedItem extends ItemForecast {
  value: number
  /** What a budget sets aside for it. */
  money: number
  gift: boolean
}

/** What was found of one customer: the items past every gate and how many each gate closed to. */
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
}

/** Leads a customer through the gates that look at no item, before anything dear is asked of models; `null`: none is closed. */
export const firstClosedGate = (customer: GateCustomer, terms: PlanConstraints): Gate | null =>
  (customerRefusal(customer, terms) ?? inFlightRefusal(customer, terms))?.gate ?? null

/** Weighs the items that models speak of for a customer no gate has closed to. */
export function weighCustomer(
  customer: GateCustomer,
  forecasts: readonly ItemForecast[],
  { terms, costs, items, stockLeft }: WeighingInputs,
): WeighedCustomer {
  const gift = isGift(terms, customer.consents)
  const judgeContact = createContactGate(customer, terms)
  const itemsRefusedBy = new Map<Gate, number>()
  const weighed: WeighedItem[] = []
  for (const { itemId, keep, buysAnyway } of forecasts) {
    const item = items.get(itemId)
    const refusal = itemRefusal(customer, item, stockLeft(itemId), terms) ?? judgeContact(itemId)
    if (refusal) itemsRefusedBy.set(refusal.gate, (itemsRefusedBy.get(refusal.gate) ?? 0) + 1)
    else {
      const economics = sendTerms(keep, buysAnyway, item!, costs, terms.autonomyLevel)
      const value = gift ? giftValue(economics) : sendValue(economics)
      weighed.push({ itemId, keep, buysAnyway, value, money: outlayAtRisk(economics), gift })
    }
  }
  return { items: weighed, itemsRefusedBy }
}

/** A suggestion or a filled basket sends no goods: it costs the contact, and moves only a share of those who would keep the item. */
function sendTerms(
  keep: number,
  buysAnyway: number,
  { price = 0, margin }: Item,
  costs: PlanRequest["costs"],
  autonomyLevel: PlanConstraints["autonomyLevel"],
): SendEconomics {
  const earned = margin ?? price * costs.marginShare
  const ships = shipsGoods(autonomyLevel)
  const moved = ships ? 1 : costs.takeUpRate
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
