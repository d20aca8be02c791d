import type { Offer, OfferKind } from "../core/catalogue/offer.ts"
import type { AnswerReason } from "../core/decision/decision-schema.ts"
import { type Language, languageOf } from "./language.ts"

/** Kinds of offers whose cause is no taste: an open case, an order, what the customer asked for. */
const sentences: Readonly<Record<Language, Partial<Readonly<Record<OfferKind, string>>>>> = {
  en: {
    parcel: "You asked us to send what we think you will like",
    recovery: "We are sorry that something went wrong",
    notice: "News of your order",
  },
  it: {
    parcel: "Ci hai chiesto di inviarti ciò che pensiamo ti piacerà",
    recovery: "Ci dispiace che qualcosa sia andato storto",
    notice: "Novità sul tuo ordine",
  },
}

/** Returns the cause of an offer that its kind alone tells, in words for the customer; none for offers that a choice led to. */
export function kindReasons({ kind, caseType }: Pick<Offer, "kind" | "caseType">, locale: string): AnswerReason[] {
  const text = caseType === "none" ? undefined : sentences[languageOf(locale)][kind]
  return text === undefined ? [] : [{ code: `for-${kind}`, text }]
}
