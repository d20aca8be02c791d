import type { PlanRequest } from "../policy/plan-request.ts"
import type { Policy } from "../policy/policy.ts"
import { channelOf, type LadderTerms } from "./allowed-levels.ts"

/** What a plan and its placement's policy ask of every customer and item. */
export function ladderTerms(request: PlanRequest, { contact, service }: Policy, nowMs: number): LadderTerms {
  const { autonomyLevel, channel = channelOf[autonomyLevel], currency, freeReturn, gifts, budgets } = request
  const { maxCaseAgeDays } = service
  const { inFlightPerCustomer } = budgets
  return { autonomyLevel, channel, currency, freeReturn, gifts, inFlightPerCustomer, maxCaseAgeDays, contact, nowMs }
}

/** The same without the hour, which a plan made today says nothing of. */
export const atAnyHour = (terms: LadderTerms): LadderTerms => ({
  ...terms,
  contact: { ...terms.contact, quietHours: null },
})
