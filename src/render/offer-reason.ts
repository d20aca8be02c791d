import type { Item } from "../core/catalogue/item.ts"
import { behaviourOfKind, type OfferKind } from "../core/catalogue/offer.ts"
import type { AnswerReason } from "../core/decision/decision-schema.ts"
import type { Slot } from "../core/preference/recommend.ts"
import { withText } from "./reason-text.ts"

const sentences: Readonly<Record<OfferKind, string>> = {
  recommendation: "Chosen for you",
  parcel: "You asked us to send what we think you will like",
  replenishment: "You may need it again",
  promotion: "An offer for you",
  retention: "We would like to see you again",
  extra: "A small thank-you",
  recovery: "We are sorry that something went wrong",
  notice: "News of your order",
}

/** Returns the reason for an offer in words for the customer: the action that led to its item, else a sentence of its kind. */
export function offerReason(
  kind: OfferKind,
  slot: Pick<Slot, "itemId" | "reasons"> | undefined,
  items: ReadonlyMap<string, Item>,
): AnswerReason {
  const reason = slot?.reasons.find(({ code }) => code !== "new" && code !== "popular")
  return reason && slot && !behaviourOfKind[kind].isService
    ? withText(reason, slot.itemId, items)
    : { code: `for-${kind}`, text: sentences[kind] }
}
