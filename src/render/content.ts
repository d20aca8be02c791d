import type { OfferView, RankedItem } from "../core/decision/decision-schema.ts"
import { addressOf, cardsOf, type Reader } from "./content-cards.ts"
import { contentHtml } from "./content-html.ts"
import { contentText } from "./content-text.ts"

/** Content of an e-mail block or page slot; its JSON is always an object. */
export interface Content {
  placement: string
  campaign: string
  slot: string
  decisionId: string | null
  kind: string
  offer: OfferView | null
  items: readonly RankedItem[]
  modelVersion: string | null
  /** Made before the first release. */
  untrained: boolean
  /** Not made for this customer, not stored; asking again later may succeed. */
  fallback: boolean
}

/** The link to an absolute address: one that counts the click and leads there, or the address itself. */
export type LinkTo = (address: string) => string

/** Content as UTF-8 bytes of each format for its reader; its links are made by `linkTo`. */
export function renderContent(
  content: Content,
  reader: Reader,
  linkTo?: LinkTo,
): Readonly<Record<"json" | "html" | "text", Uint8Array>> {
  const linked = linkTo ? withLinks(content, linkTo) : content
  const cards = cardsOf(linked, reader)
  const encoder = new TextEncoder()
  return {
    json: encoder.encode(JSON.stringify(linked)),
    html: encoder.encode(contentHtml(cards, reader)),
    text: encoder.encode(contentText(cards, reader)),
  }
}

/** The block of an offer and its products in HTML and in plain text, for its reader; its links are made by `linkTo`. */
export function renderBlock(
  offer: OfferView,
  items: readonly RankedItem[],
  reader: Reader,
  linkTo: LinkTo,
): { html: string; text: string } {
  const cards = cardsOf(withLinks({ offer, items }, linkTo), reader)
  return { html: contentHtml(cards, reader), text: contentText(cards, reader) }
}

/** An address as it goes into a `location` header; `undefined` if it is not absolute. */
const absolute = (address: string | undefined) =>
  address !== undefined && /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address).href : undefined

function withLinks<T extends Pick<Content, "offer" | "items">>(content: T, linkTo: LinkTo): T {
  const withLink = <T extends object>(face: T, given: string | undefined): T => {
    const address = absolute(given)
    return address === undefined ? face : { ...face, link: linkTo(address) }
  }
  const { offer, items } = content
  return {
    ...content,
    offer: offer && withLink(offer, addressOf(offer)),
    items: items.map((one) => withLink(one, one.item.url)),
  }
}
