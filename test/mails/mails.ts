import { offerKinds } from "../../src/core/catalogue/offer.ts"
import type { RankedItem } from "../../src/core/decision/decision-schema.ts"
import { type Content, renderContent } from "../../src/render/content.ts"

/** A mail as a tool sends it, and what must be seen in it. */
export interface TriedMail {
  name: string
  html: string
  text: string
  /** Products that it shows, with the prices as their reader writes them. */
  products: readonly { name: string; prices: readonly string[] }[]
}

const nothing: Omit<Content, "offer" | "items" | "kind"> = {
  placement: "weekly-email",
  campaign: "spring",
  slot: "1",
  decisionId: null,
  modelVersion: null,
  untrained: true,
  fallback: false,
}

const titles = [
  "Corvelle Herbal Linden Lip Tint 4 ml",
  "Ök",
  "Alvenna Radiant Jasmine Concealer 5 ml, for dry and sensitive skin, with a hand-made case of reclaimed oak",
  "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  "<b>Rosmare</b> & Co. Body Butter",
]

const rankedItem = (n: number, image?: string): RankedItem => ({
  id: `sku-${n}`,
  rank: n + 1,
  score: 1,
  item: {
    title: titles[n % titles.length]!,
    price: 1234.5 + n,
    discountedPrice: 1000 + n,
    currency: "EUR",
    url: `https://shop.example/items/sku-${n}?from=${"mail".repeat(40)}`,
    ...(image !== undefined && { image }),
  },
})

const prices = (locale: string, ranked: RankedItem): string[] =>
  [ranked.item.discountedPrice!, ranked.item.price!].map((amount) =>
    new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" }).format(amount),
  )

function mailOf(name: string, items: readonly RankedItem[], offer: Content["offer"], locale: string): TriedMail {
  const shown = items.length > 0 ? items : offer?.item ? [{ ...rankedItem(0), item: offer.item }] : []
  const content = { ...nothing, kind: "promotion", offer, items }
  const { html, text } = renderContent(content, { locale, currency: "EUR" })
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
  return {
    name,
    html: decode(html),
    text: decode(text),
    products: shown.map((ranked) => ({ name: ranked.item.title, prices: prices(locale, ranked) })),
  }
}

const offerOf = (kind: string, rest: object = {}) => ({
  id: kind,
  title: `10 % off for a ${kind}`,
  content: {
    headline: `This week's ${kind}`,
    text: "It is yours until Sunday, and it can be returned free of charge.",
  },
  contentType: "text" as const,
  ...rest,
})

/** Returns mails of every kind, with and without pictures, of one product and of several, in three languages. */
export function triedMails(image: string): TriedMail[] {
  const several = (count: number) => Array.from({ length: count }, (_, n) => rankedItem(n, n % 2 ? image : undefined))
  return ["en", "it", "ar"].flatMap((locale) => [
    ...offerKinds.flatMap((kind, n) => [
      mailOf(`${kind}-${locale}`, [], offerOf(kind, { item: rankedItem(n).item }), locale),
      mailOf(`${kind}-picture-${locale}`, [], offerOf(kind, { item: rankedItem(n, image).item }), locale),
    ]),
    ...[1, 2, 3, 4, 10].map((count) =>
      mailOf(`several-${count}-${locale}`, several(count), offerOf("recommendation"), locale),
    ),
    mailOf(`fallback-${locale}`, several(4), null, locale),
    mailOf(`message-${locale}`, [], offerOf("retention"), locale),
  ])
}
