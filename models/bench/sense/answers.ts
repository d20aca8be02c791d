import type { Named } from "./count-named.ts"
import type { Product } from "./product.ts"

interface RankedItem {
  id: string
  reasons?: Reason[]
  item: { title: string; price?: number; currency?: string }
}

export interface Reason {
  code: string
  itemId?: string
  share?: number
  text: string
}

export interface Answer {
  decisionId: string | null
  kind: string
  fallback?: boolean
  offer: { id: string; title: string; itemId?: string; item?: RankedItem["item"]; items?: RankedItem[] } | null
  items?: RankedItem[]
  reasons?: Reason[]
}

/** Returns the items that an answer names: the offer's own, those it shows, and those beside it. */
export const itemsIn = ({ offer, items = [] }: Answer): string[] => [
  ...new Set([...(offer?.itemId ? [offer.itemId] : []), ...[...(offer?.items ?? []), ...items].map(({ id }) => id)]),
]

/** Returns what an answer names; nothing where it makes no offer. */
export const namedIn = (customerId: string, answer: Answer): Named[] =>
  answer.offer === null ? [] : [{ customerId, offerId: answer.offer.id, itemIds: itemsIn(answer) }]

/** Returns the reasons of an answer and of its items, each with the item that it explains. */
export const reasonsIn = ({ reasons = [], offer, items = [] }: Answer): Reason[] => [
  ...reasons,
  ...[...(offer?.items ?? []), ...items].flatMap((ranked) => ranked.reasons ?? []),
]

export const decide = (product: Product, userId: string, placement: string, channel: string): Promise<Answer> =>
  product.send("POST", "/v1/decide", { customer: { userId }, placement, channel, explain: true })

/** Returns the path of a customer's content; one campaign and slot always give the same content. */
export const contentPath = (userId: string, campaign: string, format: string): string =>
  `/v1/content/weekly-email?customer=userId:${encodeURIComponent(userId)}&campaign=${campaign}&format=${format}`
