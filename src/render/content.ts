import type { OfferView, RankedItem } from "../core/decision/decision-schema.ts"
import { plainRow, rowStyle, rowWithPicture } from "./email-rows.ts"

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

/** Content as UTF-8 bytes of each format; its links are made by `linkTo`. */
export function renderContent(content: Content, linkTo?: LinkTo): Readonly<Record<"json" | "html", Uint8Array>> {
  const linked = linkTo ? withLinks(content, linkTo) : content
  return {
    json: new TextEncoder().encode(JSON.stringify(linked)),
    html: new TextEncoder().encode(contentHtml(linked)),
  }
}

/** An address as it goes into a `location` header; `undefined` if it is not absolute. */
const absolute = (address: string | undefined) =>
  address !== undefined && /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address).href : undefined

function withLinks(content: Content, linkTo: LinkTo): Content {
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

/** Returns the target address of an offer; fields of a treatment are HTML and are unescaped. */
function addressOf({ content, contentType, item }: OfferView): string | undefined {
  const { url } = content
  return url === undefined ? item?.url : contentType === "html" ? unescapeHtml(url) : url
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character]!)

const characters = Object.fromEntries(Object.entries(escapes).map(([character, escaped]) => [escaped, character]))
const unescapeHtml = (html: string) => html.replace(/&(?:amp|lt|gt|quot|#39);/g, (escaped) => characters[escaped]!)

/** An address that is safe to link to: http or https, or a path of the shop. */
const safeAddress = (address: string | undefined) =>
  address !== undefined && /^(https?:\/\/|\/(?!\/))/i.test(address) ? escapeHtml(address) : undefined

/** A block for e-mail clients: responsive rows with inline styles, nothing loaded but the shop's own images; empty when there is nothing to say. */
function contentHtml({ offer, items }: Content): string {
  const rows = [...(offer ? [offerRow(offer)] : []), ...items.map(itemRow)]
  return rows.length === 0 ? "" : `<style type="text/css">${rowStyle}</style>${rows.join("")}`
}

/** Fields made of a treatment are HTML already; an offer's own text is escaped here. */
function offerRow(offer: OfferView): string {
  const { title, content, contentType, item, link } = offer
  const field = (name: string) => {
    const value = content[name]
    return value === undefined || contentType === "html" ? value : escapeHtml(value)
  }
  const image =
    content.image === undefined ? item?.image : contentType === "html" ? unescapeHtml(content.image) : content.image
  const headline = `<strong style="font-size:18px">${field("headline") ?? escapeHtml(title)}</strong>`
  const text = field("text") === undefined ? "" : `<br>${field("text")}`
  return row({ words: headline, more: text, image, alt: title, address: link ?? addressOf(offer) })
}

function itemRow({ item, link }: RankedItem): string {
  const price =
    item.price === undefined ? "" : `<br>${escapeHtml(`${item.price.toFixed(2)} ${item.currency ?? ""}`.trim())}`
  const { title, image, url } = item
  return row({ words: escapeHtml(title), more: price, image, alt: title, address: link ?? url })
}

interface Row {
  /** HTML, linked to the address. */
  words: string
  /** HTML that follows, not linked. */
  more: string
  image: string | undefined
  alt: string
  address: string | undefined
}

function row({ words, more, image, alt, address }: Row): string {
  const href = safeAddress(address)
  const linked = (html: string) =>
    href === undefined ? html : `<a href="${href}" style="color:#222222;text-decoration:none">${html}</a>`
  const source = safeAddress(image)
  const picture =
    source === undefined
      ? ""
      : `<img src="${source}" alt="${escapeHtml(alt)}" width="120" style="display:block;border:0;width:100%;max-width:120px">`
  const filled: Readonly<Record<string, string>> = {
    "{{picture}}": linked(picture),
    "{{words}}": `${linked(words)}${more}`,
  }
  return (picture === "" ? plainRow : rowWithPicture).replace(/{{(?:picture|words)}}/g, (place) => filled[place]!)
}
