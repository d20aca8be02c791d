import type { Item } from "../core/catalogue/item.ts"
import type { AnswerReason } from "../core/decision/decision-schema.ts"
import type { Reason } from "../core/preference/reasons.ts"
import { type Language, languageOf } from "./language.ts"

type Sentence = (title: string, isSelf: boolean) => string

const sentences: Readonly<Record<Language, Readonly<Record<Reason["code"], Sentence>>>> = {
  en: {
    becauseYouBought: (title) => `Because you bought ${title}`,
    becauseYouViewed: (title, isSelf) => (isSelf ? "You looked at it" : `Because you looked at ${title}`),
    becauseYouAdded: (title, isSelf) =>
      `${isSelf ? "You added it" : `Because you added ${title}`} to your cart or wishlist`,
    buyAgain: () => "You may need it again",
    popular: () => "Popular now",
    similar: (title) => `Goes with ${title}`,
    alternative: (title) => `Instead of ${title}`,
    new: () => "New in the shop",
  },
  it: {
    becauseYouBought: (title) => `Perché hai acquistato ${title}`,
    becauseYouViewed: (title, isSelf) => (isSelf ? "L’hai guardato" : `Perché hai guardato ${title}`),
    becauseYouAdded: (title, isSelf) =>
      `${isSelf ? "L’hai messo" : `Perché hai messo ${title}`} nel carrello o tra i preferiti`,
    buyAgain: () => "Potrebbe servirti di nuovo",
    popular: () => "Molto richiesto in questo momento",
    similar: (title) => `Si abbina a ${title}`,
    alternative: (title) => `In alternativa a ${title}`,
    new: () => "Novità in negozio",
  },
}

/** Returns reasons for showing an item with a sentence for the customer each; leaves out what the catalogue has no title of. */
export const withTexts = (
  reasons: readonly Reason[],
  shownId: string,
  items: ReadonlyMap<string, Item>,
  locale: string,
): AnswerReason[] =>
  reasons.flatMap((reason) => {
    const title = reason.itemId === undefined ? "" : items.get(reason.itemId)?.title
    if (title === undefined) return []
    const sentence = sentences[languageOf(locale)][reason.code]
    return [{ ...reason, text: sentence(title, reason.itemId === shownId) }]
  })
