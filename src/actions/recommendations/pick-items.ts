import { isOpenRecommendation } from "../../core/decision/candidate.ts"
import type { Policy } from "../../core/policy/policy.ts"
import { recommend, type Slot } from "../../core/preference/recommend.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import type { PreparedDecision } from "../decisions/prepare-decision.ts"
import { scoringInputs } from "./scoring-inputs.ts"

const pickedItems = 4

/** Recommends the few items that an offer shows. */
export const pickItems = (
  services: Pick<Services, "live" | "catalogue" | "clock">,
  customer: Pick<CustomerRecord, "history" | "vector" | "vectorRelease">,
  policy: Pick<Policy, "repeats" | "possession">,
): Slot[] => {
  const release = services.live.current()
  const nowMs = services.clock()
  const { isOut } = customerPossession(services, customer, policy, nowMs)
  const shown = { nowMs, repeats: policy.repeats, isOut, limit: pickedItems, explain: false }
  return recommend({ ...scoringInputs(customer, release), ...shown }, release, services.catalogue.current())
}

/** Adds the items that a chosen offer shows, if several or the customer's own picks; the decision's trace keeps the latter. */
export function withPicks(prepared: PreparedDecision): PreparedDecision & { picks: readonly Slot[] } {
  const { chosen } = prepared.answer
  const slots = chosen?.slots ?? []
  const isOpen = chosen !== null && isOpenRecommendation(chosen.offer)
  if (!isOpen) return { ...prepared, picks: slots.length > 1 ? slots : [] }
  const trace = { ...prepared.decision.trace, items: slots.map(({ itemId }) => itemId) }
  return { ...prepared, decision: { ...prepared.decision, trace }, picks: slots }
}
