import type { Cards, ItemCard, Message, Reader } from "./content-cards.ts"
import { columnWidths, itemLayout, messageLayout, pairLayout } from "./email-layouts.ts"
import { fillLayout } from "./fill-layout.ts"
import { escapeHtml } from "./html-text.ts"
import { directionOf, languageTagOf } from "./language.ts"

/** Colours of dark mode, twice: mail programs that ask the system, and Outlook.com, which marks what it changed. */
const darkColours = ["", "[data-ogsc] "].map((mark) => {
  const rules = `${mark}.mail-card, ${mark}.mail-card > table { background:#1b1b1d !important; }
${mark}.mail-text div, ${mark}.mail-text a { color:#f1f1f1 !important; }
${mark}.mail-text s { color:#b3b3b3 !important; }
${mark}.mail-button td, ${mark}.mail-button a { background:#f1f1f1 !important; color:#1b1b1d !important; }`
  return mark === "" ? `@media (prefers-color-scheme:dark) { ${rules} }` : rules
})

const style = `:root { color-scheme:light dark; supported-color-schemes:light dark; }
@media only screen and (min-width:480px) { ${columnWidths} }
@media only screen and (max-width:479px) { .mail-picture { max-width:100% !important; } }
${darkColours.join("\n")}`.replaceAll(/\s+/g, " ")

/** A block for e-mail clients: responsive rows with inline styles, nothing loaded but the shop's own pictures; empty when there is nothing to say. */
export function contentHtml({ message, items }: Cards, { locale }: Reader): string {
  const direction = directionOf(locale)
  const fill = (layout: string, fields: Parameters<typeof fillLayout>[1]) =>
    fillLayout(direction === "rtl" ? mirrored(layout) : layout, fields)
  const rows = rowsOf(message, items, fill)
  if (rows.length === 0) return ""
  return `<style type="text/css">${style}</style><div lang="${languageTagOf(locale)}" dir="${direction}">${rows.join("")}</div>`
}

type Fill = (layout: string, fields: Parameters<typeof fillLayout>[1]) => string

function rowsOf(message: Message | null, items: readonly ItemCard[], fill: Fill): string[] {
  const [first, ...more] = items
  if (first === undefined) return message === null ? [] : [fill(messageLayout, messageFields(message))]
  if (more.length === 0) {
    const { headline, text } = message ?? {}
    return [fill(itemLayout, { ...itemFields(first), headline, text })]
  }
  const pairs = Array.from({ length: Math.ceil(items.length / 2) }, (_, n) => items.slice(2 * n, 2 * n + 2))
  return [
    ...(message === null ? [] : [fill(messageLayout, messageFields(message))]),
    ...pairs.map(([left, right]) =>
      fill(pairLayout, { ...numbered(left!, 1), ...(right && { second: "", ...numbered(right, 2) }) }),
    ),
  ]
}

function messageFields({ headline, text, image, title, address, button }: Message) {
  const href = safeAddress(address)
  const picture = imageTag({ name: title, image }, href)
  return { picture, headline: linked(headline, href), text, address: href, button: href && escapeHtml(button) }
}

function itemFields(card: ItemCard) {
  const { name, price, oldPrice, address, button } = card
  const href = safeAddress(address)
  const was = oldPrice === undefined ? "" : ` <s style="color:#5f5f5f">${escapeHtml(oldPrice)}</s>`
  return {
    picture: pictureOf(card, href),
    name: linked(`<span dir="auto">${escapeHtml(name)}</span>`, href),
    price: price === undefined ? undefined : `<strong>${escapeHtml(price)}</strong>${was}`,
    address: href,
    button: href && escapeHtml(button),
  }
}

const numbered = (card: ItemCard, n: number) =>
  Object.fromEntries(Object.entries(itemFields(card)).map(([name, value]) => [`${name}${n}`, value]))

const linked = (html: string, href: string | undefined) =>
  href === undefined ? html : `<a href="${href}" style="color:#222222;text-decoration:none">${html}</a>`

/** An address that is safe to link to: http or https, or a path of the shop. */
const safeAddress = (address: string | undefined) =>
  address !== undefined && /^(https?:\/\/|\/(?!\/))/i.test(address) ? escapeHtml(address) : undefined

/** Pairs of colours of drawn pictures, ground and letter, with a contrast of at least 4.5. */
const drawnColours = ["#e4d9f2,#4a2a75", "#d5e8e0,#14503c", "#f6dfd3,#7a3413", "#d9e4f5,#1d4278", "#f3e6c4,#614a06"]

/** The picture of an item; where it has none, its initial on a ground of colour, drawn of text so that no program blocks it. */
function pictureOf(card: ItemCard, href: string | undefined): string {
  return imageTag(card, href) ?? drawnPicture(card, href)
}

function imageTag({ name, image }: { name: string; image?: string | undefined }, href: string | undefined) {
  const source = safeAddress(image)
  if (source === undefined) return undefined
  const style = "display:block;border:0;width:100%;max-width:276px;height:auto"
  const unseen = "background:#f2f2f2;color:#222222;font-size:16px;line-height:22px"
  const alt = escapeHtml(name)
  return linked(`<img class="mail-picture" src="${source}" alt="${alt}" width="228" style="${style};${unseen}">`, href)
}

function drawnPicture({ name }: ItemCard, href: string | undefined): string {
  const label = escapeHtml(name)
  const initial = /[\p{L}\p{N}]/u.exec(name)?.[0].toLocaleUpperCase() ?? ""
  const [ground, letter] =
    drawnColours[[...name].reduce((sum, sign) => sum + sign.codePointAt(0)!, 0) % drawnColours.length]!.split(",")
  const sign = `<span style="color:${letter} !important;font-size:72px;line-height:180px;font-weight:bold">${escapeHtml(initial)}</span>`
  return `<table role="presentation" class="mail-picture" width="100%" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:276px"><tr><td role="img" aria-label="${label}" align="center" valign="middle" height="180" bgcolor="${ground}" style="height:180px;background:${ground};border-radius:6px;text-align:center">${linked(sign, href)}</td></tr></table>`
}

const mirroredLayouts = new Map<string, string>()

/** Returns a layout for languages that are written from right to left. */
function mirrored(layout: string): string {
  const known = mirroredLayouts.get(layout)
  if (known !== undefined) return known
  const turned = layout
    .replaceAll("direction:ltr", "direction:rtl")
    .replaceAll("text-align:left", "text-align:right")
    .replaceAll('align="left"', 'align="right"')
  mirroredLayouts.set(layout, turned)
  return turned
}
