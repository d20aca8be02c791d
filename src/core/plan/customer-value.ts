import type { Item } from "../catalogue/item.ts"
import type { History } from "../history/history.ts"
import type { SendState } from "../history/send-state.ts"
import type { PlanRequest } from "../policy/plan-request.ts"
import { shipsGoods } from "./plan-gates.ts"

/** A customer of a plan: what they were or would have been sent, and what they did. */
export interface PlannedCustomer {
  items: History["items"]
  sends: readonly { itemId: string; state: SendState; inHoldout: boolean; expectedValue: number }[]
}

/**
 * Money a customer brought in a span: the margins of what they ordered, and what became of their sends. A kept parcel is a sale that no order
 * tells of; of what is only suggested the order is the sale.
 */
export function customerValue(
  { items, sends }: PlannedCustomer,
  { costs, autonomyLevel }: Pick<PlanRequest, "costs" | "autonomyLevel">,
  catalogue: ReadonlyMap<string, Item>,
  { from, until }: { from: number; until: number },
): number {
  const marginOf = (itemId: string) => {
    const { price = 0, margin = price * costs.marginShare } = catalogue.get(itemId) ?? {}
    return { margin, unitCost: Math.max(0, price - margin) }
  }
  let value = 0
  for (const [itemId, { purchaseTimes }] of Object.entries(items)) {
    const orders = purchaseTimes.filter((at) => at >= from && at < until).length
    value += orders * (marginOf(itemId).margin - costs.organicShipping)
  }
  for (const { itemId, state } of sends) {
    const { margin, unitCost } = marginOf(itemId)
    if (leftStates.includes(state)) value -= shipsGoods(autonomyLevel) ? costs.outbound : costs.contact
    if (!shipsGoods(autonomyLevel)) continue
    if (state === "kept") value += margin + costs.goodwill
    if (state === "returned") value -= costs.return + costs.annoyance
    if (state === "gifted") value += costs.goodwill - unitCost
    if (state === "lost") value -= unitCost + costs.annoyance
  }
  return value
}

const leftStates: readonly SendState[] = ["dispatched", "delivered", "kept", "returned", "gifted", "lost"]
