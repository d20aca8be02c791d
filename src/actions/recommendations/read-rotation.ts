import { countPassedOver, type Rotation, visitGapMs } from "../../core/recipe/rotation.ts"
import { dayMs } from "../../core/time/durations.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { isRotatedList, type RotatedList } from "./recommend-list.ts"

/** Reads what the customer passed over at the lists' placements; returns the rotation of each list. */
export async function readRotations(
  services: Pick<Services, "store" | "policies">,
  { customerId, history }: Pick<CustomerRecord, "customerId" | "history">,
  lists: readonly RotatedList[],
  nowMs: number,
): Promise<(list: RotatedList) => Rotation | undefined> {
  const daysOf = (list: RotatedList): number => {
    const policy = services.policies.of(list.placement)
    return isRotatedList(policy, list) ? policy.rotationDays : 0
  }
  const days = Math.max(...lists.map(daysOf))
  if (days === 0) return () => undefined
  const placements = [...new Set(lists.filter((list) => daysOf(list) > 0).map(({ placement }) => placement))]
  const fromMs = nowMs - days * dayMs
  const shown = await services.store.decisions.shownTo(customerId, placements, {
    fromMs,
    untilMs: nowMs - visitGapMs,
  })
  return (list) => {
    const sinceMs = nowMs - daysOf(list) * dayMs
    const ofPlacement = shown.filter(({ placement, at }) => placement === list.placement && at >= sinceMs)
    return { visitsByItem: countPassedOver(ofPlacement, history), step: list.limit }
  }
}
