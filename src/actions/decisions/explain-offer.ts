import type { Candidate } from "../../core/decision/candidate.ts"
import type { AnswerReason } from "../../core/decision/decision-schema.ts"
import { rank } from "../../core/preference/rank.ts"
import type { Slot } from "../../core/preference/recommend.ts"
import { offerReason } from "../../render/offer-reason.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { scoringInputs } from "../recommendations/scoring-inputs.ts"

/** Returns the reason for an offer in words for the customer; for an offer with items, that of its first item. */
export function customerReason(
  { live, catalogue, clock }: Pick<Services, "live" | "catalogue" | "clock">,
  customer: CustomerRecord,
  { offer, item }: Candidate,
  picks: readonly Slot[],
): AnswerReason {
  const release = live.current()
  const shop = catalogue.current()
  const itemId = item?.id ?? picks[0]?.itemId
  const question = { ...scoringInputs(customer, release), nowMs: clock(), repeats: "allowed", explain: true } as const
  const [slot] = itemId === undefined ? [] : rank({ ...question, itemIds: [itemId] }, release, shop)
  return offerReason(offer.kind, slot, shop.items)
}
