import type { Policy } from "../../core/policy/policy.ts"
import { recommend, type Slot } from "../../core/preference/recommend.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import type { PreparedDecision } from "../decisions/prepare-decision.ts"
import { scoringInputs } from "./scoring-inputs.ts"

const pickedItems = 4

/** Recommends the few items that an offer shows. */
export const pickItems = (
  { live, catalogue, clock }: Pick<Services, "live" | "catalogue" | "clock">,
  customer: Pick<CustomerRecord, "history" | "vector" | "vectorRelease">,
  { repeats }: Pick<Policy, "repeats">,
): Slot[] => {
  const release = live.current()
  const shown = { nowMs: clock(), repeats, limit: pickedItems, explain: false }
  return recommend({ ...scoringInputs(customer, release), ...shown }, release, catalogue.current())
}

/** Adds the items that a chosen offer shows: those it is bound to, or for an unbound recommendation the customer's own; the decision's trace keeps them. */
export function withPicks(
  services: Pick<Services, "live" | "catalogue" | "clock">,
  customer: CustomerRecord,
  prepared: PreparedDecision,
): PreparedDecision & { picks: readonly Slot[] } {
  const { chosen } = prepared.answer
  if (chosen?.slots && chosen.slots.length > 1) return { ...prepared, picks: chosen.slots }
  const isOpen = chosen?.offer.kind === "recommendation" && chosen.item === undefined
  if (!isOpen) return { ...prepared, picks: [] }
  const picks = pickItems(services, customer, prepared.policy)
  const trace = { ...prepared.decision.trace, items: picks.map(({ itemId }) => itemId) }
  return { ...prepared, decision: { ...prepared.decision, trace }, picks }
}
