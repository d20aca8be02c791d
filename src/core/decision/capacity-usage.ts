import type { Offer } from "../catalogue/offer.ts"
import type { Policy } from "../policy/policy.ts"
import { dayMs } from "../time/durations.ts"

/** Something there is only so much of: an offer's volume or a policy's budget. */
export interface ResourceClaim {
  key: string
  /** Amount that must be available, and amount held until the decision is activated. */
  needed: number
  held: number
  limit: number
}

/** Used or reserved amount of each limited resource, by key. */
export type CapacityUsage = ReadonlyMap<string, number>

const madeKey = (offerId: string): string => `offer:${offerId}:made`
export const acceptedKey = (offerId: string): string => `offer:${offerId}:accepted`

/** Returns what an offer claims of volumes and budgets. A notice claims no budget, because it always goes out. */
export function claimsOf(
  offer: Pick<Offer, "id" | "kind" | "volume" | "cost">,
  { budget, placement }: Pick<Policy, "budget" | "placement">,
  nowMs: number,
): ResourceClaim[] {
  const claims: ResourceClaim[] = []
  const { volume, cost } = offer
  if (volume?.made !== undefined) claims.push({ key: madeKey(offer.id), needed: 1, held: 1, limit: volume.made })
  if (volume?.accepted !== undefined) {
    claims.push({ key: acceptedKey(offer.id), needed: 1, held: 0, limit: volume.accepted })
  }
  if (budget !== null && cost > 0 && offer.kind !== "notice") {
    const key = `budget:${placement}:${periodOf(budget.per, nowMs)}`
    claims.push({ key, needed: cost, held: cost, limit: budget.amount })
  }
  return claims
}

/** Returns whether a resource has less left than a claim needs. */
export const isExhausted = ({ key, needed, limit }: ResourceClaim, capacityUsage: CapacityUsage): boolean =>
  (capacityUsage.get(key) ?? 0) + needed > limit + 1e-9

/** The UTC period of `nowMs` as a name: `2026-11-21`, the Monday of its week, `2026-11`. */
function periodOf(per: "day" | "week" | "month" | "ever", nowMs: number): string {
  if (per === "ever") return per
  const day = Math.floor(nowMs / dayMs)
  const first = per === "week" ? day - ((day + 3) % 7) : day
  return new Date(first * dayMs).toISOString().slice(0, per === "month" ? 7 : 10)
}
