import type { OfferFace, RankedItem } from "../core/decision/answer.ts"

/** What an e-mail block or page slot shows; its JSON is always an object. */
export interface Content {
  placement: string
  campaign: string
  slot: string
  decisionId: string | null
  kind: string
  offer: OfferFace | null
  items: readonly RankedItem[]
  modelVersion: string | null
  /** Not made for this customer, not stored; asking again later may succeed. */
  fallback: boolean
}

/** Content as UTF-8 bytes of each format. */
export const renderContent = (content: Content): Readonly<Record<"json" | "html", Uint8Array>> => ({
  json: new TextEncoder().encode(JSON.stringify(content)),
  html: new TextEncoder().encode(contentHtml(content)),
})

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character]!)

/** An address that is safe to link to: http or https, or a path of the shop. */
const safeAddress = (address: string | undefined) =>
  address !== undefined && isSafe(address) ? escapeHtml(address) : undefined

const isSafe = (address: string) => /^(https?:\/\/|\/(?!\/))/i.test(address)

const font = "font-family:Arial,Helvetica,sans-serif;color:#222"

/** A block for e-mail clients: one table, inline styles, nothing loaded but the shop's own images; empty when there is nothing to say. */
function contentHtml({ offer, items }: Content): string {
  const rows = [...(offer ? [offerRow(offer)] : []), ...items.map(itemRow)]
  if (rows.length === 0) return ""
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse">${rows.join("")}</table>`
}

const row = (cells: string) => `<tr><td style="padding:12px;${font}">${cells}</td></tr>`

/** Fields made of a treatment are HTML already; an offer's own text is escaped here. */
function offerRow({ title, content, contentIs, item }: OfferFace): string {
  const field = (name: string) => {
    const value = content[name]
    return value === undefined || contentIs === "html" ? value : escapeHtml(value)
  }
  const address = (name: string, otherwise: string | undefined) =>
    content[name] === undefined
      ? safeAddress(otherwise)
      : isSafe(content[name]) && !/["'<>]/.test(field(name)!)
        ? field(name)
        : undefined
  const headline = `<strong style="font-size:18px">${field("headline") ?? escapeHtml(title)}</strong>`
  const text = field("text") === undefined ? "" : `<br>${field("text")}`
  const image = imageOf(address("image", item?.image), title)
  return row(`${image}${linked(headline, address("url", item?.url))}${text}`)
}

function itemRow({ item }: RankedItem): string {
  const title = linked(`<span style="font-size:15px">${escapeHtml(item.title)}</span>`, safeAddress(item.url))
  const price =
    item.price === undefined ? "" : `<br>${escapeHtml(`${item.price.toFixed(2)} ${item.currency ?? ""}`.trim())}`
  return row(`${picture(item.image, item.title)}${title}${price}`)
}

const linked = (html: string, url: string | undefined) =>
  url === undefined ? html : `<a href="${url}" style="color:#222;text-decoration:none">${html}</a>`

const picture = (address: string | undefined, description: string) => imageOf(safeAddress(address), description)

function imageOf(source: string | undefined, description: string): string {
  if (source === undefined) return ""
  return `<img src="${source}" alt="${escapeHtml(description)}" width="120" style="display:block;border:0">`
}
