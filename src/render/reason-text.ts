import type { Item } from "../core/catalogue/item.ts"
import type { AnswerReason } from "../core/decision/answer.ts"
import type { Reason } from "../core/preference/reasons.ts"

const sentences: Readonly<Record<Reason["code"], (title: string | undefined) => string>> = {
  becauseYouBought: (title) => (title ? `Because you bought ${title}` : "Because of what you bought"),
  becauseYouViewed: (title) => (title ? `Because you looked at ${title}` : "Because of what you looked at"),
  buyAgain: () => "You may need it again",
  popular: () => "Popular now",
  similar: (title) => (title ? `Goes with ${title}` : "Goes with it"),
  new: () => "New in the shop",
}

/** A reason with a sentence for the customer. */
export const withText = (reason: Reason, items: ReadonlyMap<string, Item>): AnswerReason => ({
  ...reason,
  text: sentences[reason.code](reason.itemId === undefined ? undefined : items.get(reason.itemId)?.title),
})
