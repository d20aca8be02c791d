import type { PlanRequest } from "../policy/plan-request.ts"
import type { Policy } from "../policy/policy.ts"
import { defaultChannelOf, type PlanConstraints } from "./plan-gates.ts"

/** Returns the constraints that a plan and its placement's policy set for every customer and item. */
export function planConstraints(
  request: PlanRequest,
  { contact, service, possession }: Policy,
  nowMs: number,
): PlanConstraints {
  const { autonomyLevel, channel = defaultChannelOf[autonomyLevel], currency, freeReturn, gifts, budgets } = request
  const { maxCaseAgeDays } = service
  const { inFlightPerCustomer } = budgets
  const limits = { inFlightPerCustomer, maxCaseAgeDays, contact, possession }
  return { autonomyLevel, channel, currency, freeReturn, gifts, ...limits, nowMs }
}

/** Returns constraints without quiet hours, since the hour of a future send is not known. */
export const withoutQuietHours = (terms: PlanConstraints): PlanConstraints => ({
  ...terms,
  contact: { ...terms.contact, quietHours: null },
})
