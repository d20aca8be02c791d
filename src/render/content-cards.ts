import type { OfferView, RankedItem } from "../core/decision/decision-schema.ts"
import { escapeHtml, plainText, unescapeHtml } from "./html-text.ts"
import { type Language, languageOf } from "./language.ts"
import { formatMoney } from "./money.ts"

/** The reader of a mail: their language and way of writing money. */
export interface Reader {
  locale: string
  /** The shop's currency, for items that name none. */
  currency: string
}

/** A product of a mail, in plain text but for what a treatment wrote. */
export interface ItemCard {
  name: string
  price?: string
  /** The price before the discount. */
  oldPrice?: string
  image?: string
  address?: string
  button: string
}

/** Words of a mail about its offer; HTML. */
export interface Message {
  headline: string
  text?: string
  image?: string
  /** The title of the offer, for a reader who sees no pictures. */
  title: string
  address?: string
  button: string
}

/** The parts of a mail's block: a message, then its products. */
export interface Cards {
  message: Message | null
  items: readonly ItemCard[]
}

const buttons: Readonly<Record<Language, { item: string; message: string }>> = {
  en: { item: "View product", message: "See more" },
  it: { item: "Vedi il prodotto", message: "Scopri di più" },
}

/** Returns what a mail shows of content: the message of its offer, and each product with its price for this reader. */
export function cardsOf(
  { offer, items }: { offer: OfferView | null; items: readonly RankedItem[] },
  reader: Reader,
): Cards {
  if (offer === null) return { message: null, items: items.map((ranked) => itemCard(ranked, reader)) }
  const shown = items.length > 0 ? items : (offer.items ?? [])
  if (shown.length === 0 && offer.item) {
    const own = itemCard({ item: offer.item, link: offer.link ?? addressOf(offer) }, reader)
    const { image, address: _, ...message } = messageOf(offer, reader)
    return {
      message,
      items: [{ ...own, ...(image !== undefined && { image }), button: ownButton(offer) ?? own.button }],
    }
  }
  return { message: messageOf(ownWords(offer), reader), items: shown.map((ranked) => itemCard(ranked, reader)) }
}

/** Returns an offer without the product that it names, which stands among those below it, unless it has an address of its own. */
function ownWords({ item: _, link, ...offer }: OfferView): OfferView {
  return link === undefined || offer.content.url === undefined ? offer : { ...offer, link }
}

function itemCard({ item, link }: Pick<RankedItem, "item"> & { link?: string | undefined }, reader: Reader): ItemCard {
  const { title, price, discountedPrice, currency = reader.currency, image, url } = item
  const money = (amount: number) => formatMoney(amount, currency, reader.locale)
  const address = link ?? url
  return {
    name: title,
    ...(price !== undefined && { price: money(discountedPrice ?? price) }),
    ...(price !== undefined && discountedPrice !== undefined && { oldPrice: money(price) }),
    ...(image !== undefined && { image }),
    ...(address !== undefined && { address }),
    button: buttons[languageOf(reader.locale)].item,
  }
}

function messageOf(offer: OfferView, reader: Reader): Message {
  const headline = htmlField(offer, "headline") ?? escapeHtml(offer.title)
  const text = htmlField(offer, "text")
  const address = offer.link ?? addressOf(offer)
  const image = imageOf(offer)
  return {
    headline,
    title: offer.title,
    ...(text !== undefined && { text }),
    ...(image !== undefined && { image }),
    ...(address !== undefined && { address }),
    button: ownButton(offer) ?? buttons[languageOf(reader.locale)].message,
  }
}

/** Fields made of a treatment are HTML already; an offer's own text is escaped here. */
function htmlField({ content, contentType }: OfferView, name: string): string | undefined {
  const value = content[name]
  return value === undefined || contentType === "html" ? value : escapeHtml(value)
}

function ownButton(offer: OfferView): string | undefined {
  const label = htmlField(offer, "button")
  return label === undefined ? undefined : plainText(label)
}

const imageOf = ({ content: { image }, contentType, item }: OfferView): string | undefined =>
  image === undefined ? item?.image : contentType === "html" ? unescapeHtml(image) : image

/** Returns the target address of an offer; fields of a treatment are HTML and are unescaped. */
export function addressOf({ content, contentType, item }: OfferView): string | undefined {
  const { url } = content
  return url === undefined ? item?.url : contentType === "html" ? unescapeHtml(url) : url
}
