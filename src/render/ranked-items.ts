import type { Catalogue } from "../core/catalogue/catalogue.ts"
import { discountedPrice } from "../core/catalogue/discount.ts"
import type { Item } from "../core/catalogue/item.ts"
import type { Offer } from "../core/catalogue/offer.ts"
import type { RenderedCandidate } from "../core/decision/arbitrate.ts"
import type { OfferView, RankedItem } from "../core/decision/decision-schema.ts"
import type { Slot } from "../core/preference/slot.ts"
import { withTexts } from "./reason-text.ts"

type ItemView = RankedItem["item"]

/** Returns the view of an item, in an offer with its price after the discount. */
function toItemView(item: Item, offer: Pick<Offer, "discount" | "currency"> | null): ItemView {
  const { title, price, currency, url, image, brand, category } = item
  const reduced = offer === null ? undefined : discountedPrice(item, offer)
  return {
    title,
    ...(price !== undefined && { price }),
    ...(reduced !== undefined && { discountedPrice: reduced }),
    ...(currency !== undefined && { currency }),
    ...(url !== undefined && { url }),
    ...(image !== undefined && { image }),
    ...(brand !== undefined && { brand }),
    ...(category !== undefined && { category }),
  }
}

interface ShownAs {
  firstRank?: number
  explainIn?: string | null
  /** The offer that shows them, whose discount is taken off their prices. */
  offer?: Pick<Offer, "discount" | "currency"> | null
}

/**
 * Slots as a frontend shows them, numbered from `firstRank`, with their reasons in the language of the locale `explainIn`; a slot whose
 * item left the catalogue is left out.
 */
export function rankedItems(
  slots: readonly Slot[],
  { items }: Pick<Catalogue, "items">,
  { firstRank = 1, explainIn = null, offer = null }: ShownAs = {},
): RankedItem[] {
  return slots
    .flatMap(({ itemId, score, reasons }) => {
      const item = items.get(itemId)
      return item ? [{ item, score, reasons }] : []
    })
    .map(({ item, score, reasons }, n) => ({
      id: item.id,
      rank: firstRank + n,
      score,
      ...(explainIn !== null && { reasons: withTexts(reasons, item.id, items, explainIn) }),
      item: toItemView(item, offer),
    }))
}

/** Returns the view of a rendered offer with the items that it shows. */
export function toOfferView(
  { offer, item, shown: { content, contentType } }: Pick<RenderedCandidate, "offer" | "item" | "shown">,
  picks: readonly Slot[],
  catalogue: Pick<Catalogue, "items">,
): OfferView {
  const { id, title, itemId, discount } = offer
  return {
    id,
    title,
    content: { ...content },
    contentType,
    ...(discount && { discount }),
    ...((itemId ?? item?.id) !== undefined && { itemId: itemId ?? item!.id }),
    ...(item && { item: toItemView(item, offer) }),
    ...(picks.length > 0 && { items: rankedItems(picks, catalogue, { offer }) }),
  }
}
