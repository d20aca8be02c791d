import type { Catalogue } from "../catalogue/catalogue.ts"
import { isAvailable } from "../catalogue/item.ts"
import { type ItemFilter, matchesFilter } from "../catalogue/item-filter.ts"
import type { Slot } from "../preference/slot.ts"
import type { CustomerRebuy } from "./rebuy.ts"

export interface ReplenishmentQuestion {
  nowMs: number
  limit: number
  filter?: ItemFilter
  /** Returns whether an item makes no sense for the customer now. */
  isOut?: ((itemId: string) => boolean) | undefined
}

/** The items bought before that the customer most likely buys within the horizon and that can be had, best first; `score` is that probability. */
export function replenishmentCandidates(
  { nowMs, limit, filter, isOut = () => false }: ReplenishmentQuestion,
  { bought }: Pick<CustomerRebuy, "bought">,
  { items }: Catalogue,
): Slot[] {
  const canBeHad = (itemId: string) => {
    const item = items.get(itemId)
    if (item === undefined || !isAvailable(item, nowMs) || isOut(itemId)) return false
    return filter === undefined || matchesFilter(item, filter)
  }
  return bought()
    .filter(({ itemId }) => canBeHad(itemId))
    .slice(0, limit)
    .map(({ itemId, probability }) => ({ itemId, score: probability, reasons: [{ code: "buyAgain", itemId }] }))
}
