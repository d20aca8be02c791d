import { keyOf } from "../../core/decision/candidate.ts"
import type { DecideAnswer } from "../../core/decision/decide.ts"
import type { AnswerReason } from "../../core/decision/decision-schema.ts"
import { isTasteDecisive } from "../../core/decision/decisive-taste.ts"
import { rank } from "../../core/preference/rank.ts"
import type { Reason } from "../../core/preference/reasons.ts"
import type { Slot } from "../../core/preference/slot.ts"
import { kindReasons } from "../../render/offer-reasons.ts"
import { withTexts } from "../../render/reason-text.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { scoringInputs } from "../recommendations/scoring-inputs.ts"

/** Reasons that are causes in the customer's own history. */
const ownCauses: ReadonlySet<Reason["code"]> = new Set([
  "becauseYouBought",
  "becauseYouViewed",
  "becauseYouAdded",
  "buyAgain",
])

/**
 * Returns the reasons of a decision in words for the customer, in their language: what in their history carried the choice of its first
 * item, or the cause that its kind tells; none where neither did.
 */
export function customerReasons(
  { live, catalogue, clock }: Pick<Services, "live" | "catalogue" | "clock">,
  customer: CustomerRecord,
  { chosen, trace }: DecideAnswer,
  picks: readonly Slot[],
  locale: string,
): AnswerReason[] {
  if (chosen === null) return []
  const told = kindReasons(chosen.offer, locale)
  const itemId = chosen.item?.id ?? picks[0]?.itemId
  if (told.length > 0 || itemId === undefined || !isTasteDecisive(trace, keyOf(chosen), chosen.offer)) return told
  const release = live.current()
  const shop = catalogue.current()
  const question = { ...scoringInputs(customer, release), nowMs: clock(), repeats: "allowed", explain: true } as const
  const [slot] = rank({ ...question, itemIds: [itemId] }, release, shop)
  const isRefill = chosen.offer.kind === "replenishment"
  const isCause = ({ code }: Reason) => (isRefill ? code === "buyAgain" : ownCauses.has(code))
  const causes = slot?.reasons.filter(isCause) ?? []
  return withTexts(causes, itemId, shop.items, locale)
}
