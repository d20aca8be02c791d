import type { OfferView, RankedItem } from "../core/decision/decision-schema.ts"
import type { TriggerFacts } from "../core/decision/trigger-facts.ts"
import { escapeHtml } from "./html-text.ts"
import { type Language, languageOf } from "./language.ts"

type CartFacts = NonNullable<TriggerFacts["cart"]>

/** Returns the products of a cart as a mail shows them, at the price they were put in for; several units say how many. */
export const cartItems = ({ lines, currency }: CartFacts): RankedItem[] =>
  lines
    .filter(({ title }) => title !== undefined)
    .map(({ itemId, title, quantity, price, url, image }, n) => ({
      id: itemId,
      rank: n + 1,
      score: 0,
      item: {
        title: quantity === 1 ? title! : `${quantity} × ${title}`,
        ...(price !== undefined && { price }),
        ...(currency !== undefined && { currency }),
        ...(url !== undefined && { url }),
        ...(image !== undefined && { image }),
      },
    }))

const labels: Readonly<Record<Language, string>> = { en: "Back to your cart", it: "Torna al carrello" }

/** Returns an offer whose button leads back to the cart, where the shop told its address and the offer has none of its own. */
export function backToCart(offer: OfferView, { url }: CartFacts, locale: string): OfferView {
  if (url === undefined || offer.content.url !== undefined) return offer
  const address = offer.contentType === "html" ? escapeHtml(url) : url
  return { ...offer, content: { button: labels[languageOf(locale)], ...offer.content, url: address } }
}
