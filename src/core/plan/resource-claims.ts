import type { Item } from "../catalogue/item.ts"
import type { ResourceClaim } from "../decision/capacity-usage.ts"
import type { PlanRequest } from "../policy/plan-request.ts"
import { shipsGoods } from "./plan-gates.ts"

export const inFlightKey = (planId: string): string => `plan:${planId}:inFlight`
export const stockKey = (itemId: string): string => `stock:${itemId}`

/** Returns the limited resources of one send: money, volume, room in flight, and a unit of counted stock. */
export function sendClaims(
  { planId, itemId, money }: { planId: string; itemId: string; money: number },
  { autonomyLevel, budgets }: Pick<PlanRequest, "autonomyLevel" | "budgets">,
  item: Pick<Item, "stock"> | undefined,
): ResourceClaim[] {
  const one = { needed: 1, held: 1 }
  const claims: ResourceClaim[] = [
    { key: `plan:${planId}:money`, needed: money, held: money, limit: budgets.money },
    { key: `plan:${planId}:volume`, ...one, limit: budgets.volume },
    { key: inFlightKey(planId), ...one, limit: budgets.inFlight },
  ]
  if (shipsGoods(autonomyLevel) && item?.stock !== undefined)
    claims.push({ key: stockKey(itemId), ...one, limit: item.stock })
  return claims
}
