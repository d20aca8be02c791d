import type { Item } from "../core/catalogue/item.ts"
import type { AnswerReason } from "../core/decision/decision-schema.ts"
import type { Reason } from "../core/preference/reasons.ts"

type Sentence = (title: string, isSelf: boolean) => string

const sentences: Readonly<Record<Reason["code"], Sentence>> = {
  becauseYouBought: (title, isSelf) => (isSelf ? "You bought it before" : `Because you bought ${title}`),
  becauseYouViewed: (title, isSelf) => (isSelf ? "You looked at it" : `Because you looked at ${title}`),
  buyAgain: () => "You may need it again",
  popular: () => "Popular now",
  similar: (title) => `Goes with ${title}`,
  new: () => "New in the shop",
}

/** A reason for showing an item, with a sentence for the customer. */
export const withText = (reason: Reason, shownId: string, items: ReadonlyMap<string, Item>): AnswerReason => ({
  ...reason,
  text: sentences[reason.code](titleOf(reason.itemId, items), reason.itemId === shownId),
})

const titleOf = (itemId: string | undefined, items: ReadonlyMap<string, Item>) =>
  (itemId === undefined ? undefined : items.get(itemId)?.title) ?? "something we no longer have"
