import type { Catalogue } from "../core/catalogue/catalogue.ts"
import type { Item } from "../core/catalogue/item.ts"
import type { RenderedCandidate } from "../core/decision/arbitrate.ts"
import type { OfferView, RankedItem } from "../core/decision/decision-schema.ts"
import type { Slot } from "../core/preference/recommend.ts"
import { withTexts } from "./reason-text.ts"

type ItemView = RankedItem["item"]

/** Returns the view of an item. */
function toItemView({ title, price, currency, url, image, brand, category }: Item): ItemView {
  return {
    title,
    ...(price !== undefined && { price }),
    ...(currency !== undefined && { currency }),
    ...(url !== undefined && { url }),
    ...(image !== undefined && { image }),
    ...(brand !== undefined && { brand }),
    ...(category !== undefined && { category }),
  }
}

/**
 * Slots as a frontend shows them, numbered from `firstRank`, with their reasons in the language of the locale `explainIn`; a slot whose
 * item left the catalogue is left out.
 */
export function rankedItems(
  slots: readonly Slot[],
  { items }: Pick<Catalogue, "items">,
  { firstRank = 1, explainIn = null }: { firstRank?: number; explainIn?: string | null } = {},
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
      item: toItemView(item),
    }))
}

/** Returns the view of a rendered offer with the items that it shows. */
export function toOfferView(
  { offer: { id, title, itemId }, item, shown: { content, contentType } }: RenderedCandidate,
  picks: readonly Slot[],
  catalogue: Pick<Catalogue, "items">,
): OfferView {
  return {
    id,
    title,
    content: { ...content },
    contentType,
    ...((itemId ?? item?.id) !== undefined && { itemId: itemId ?? item!.id }),
    ...(item && { item: toItemView(item) }),
    ...(picks.length > 0 && { items: rankedItems(picks, catalogue) }),
  }
}
