import type { Offer } from "../catalogue/offer.ts"
import type { Policy } from "../policy/policy.ts"

/** Something there is only so much of: an offer's volume or a policy's budget. */
export interface ResourceClaim {
  key: string
  /** How much must be left, and how much of it is held until the decision is used. */
  needed: number
  held: number
  limit: number
}

/** How much of what is limited is gone: used or held. */
export type CapacityUsage = ReadonlyMap<string, number>

const madeKey = (offerId: string): string => `offer:${offerId}:made`
export const acceptedKey = (offerId: string): string => `offer:${offerId}:accepted`

/** What making an offer takes of what is limited. A notice always goes out, so no budget holds it back. */
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

/** Whether a claim can no longer be met. */
export const isExhausted = ({ key, needed, limit }: ResourceClaim, capacityUsage: CapacityUsage): boolean =>
  (capacityUsage.get(key) ?? 0) + needed > limit + 1e-9

const dayMs = 86_400_000

/** The UTC period of `nowMs` as a name: `2026-11-21`, the Monday of its week, `2026-11`. */
function periodOf(per: "day" | "week" | "month" | "ever", nowMs: number): string {
  if (per === "ever") return per
  const day = Math.floor(nowMs / dayMs)
  const first = per === "week" ? day - ((day + 3) % 7) : day
  return new Date(first * dayMs).toISOString().slice(0, per === "month" ? 7 : 10)
}
