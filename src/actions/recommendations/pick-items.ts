import { isOpenRecommendation } from "../../core/decision/candidate.ts"
import { emptyHistory } from "../../core/history/history.ts"
import type { Policy } from "../../core/policy/policy.ts"
import { recommend } from "../../core/preference/recommend.ts"
import type { Slot } from "../../core/preference/slot.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import type { PreparedDecision } from "../decisions/prepare-decision.ts"

const pickedItems = 4

/** Returns a few items that are popular with everybody, without what makes no sense for the customer who is to see them. */
export function pickPopular(
  services: Pick<Services, "live" | "catalogue" | "clock">,
  reader: Pick<CustomerRecord, "history">,
  policy: Pick<Policy, "repeats" | "possession">,
): Slot[] {
  const nowMs = services.clock()
  const { isOut } = customerPossession(services, reader, policy, nowMs)
  const exclude = Object.keys(reader.history.items).filter(isOut)
  const shown = { nowMs, repeats: policy.repeats, exclude, limit: pickedItems, explain: false }
  const nobody = { history: emptyHistory, vector: null }
  return recommend({ ...nobody, ...shown }, services.live.current(), services.catalogue.current())
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
