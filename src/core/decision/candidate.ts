import type { Item } from "../catalogue/item.ts"
import type { Offer, OfferKind } from "../catalogue/offer.ts"
import type { Channel, Consents } from "../customer/consent.ts"
import { type History, openMatters } from "../history/history.ts"
import { netPurchases } from "../preference/confidences.ts"

/** What a decision is asked: whom, where and when. */
export interface Situation {
  nowMs: number
  placement: string
  channel: Channel
  history: Pick<History, "complaints" | "delays" | "items" | "orders">
  consents: Consents
}

/** An offer that could be chosen, with the item it is bound to. */
export interface Candidate {
  offer: Offer
  /** `undefined`: not bound, or bound to an item the catalogue lacks. */
  item: Item | undefined
}

/** Kinds that concern a service matter, not a sale. */
export const serviceKinds: ReadonlySet<OfferKind> = new Set(["recovery", "notice"])

/** Kinds that sell. While a service matter is open they stay silent; a small gift (`extra`) may still please. */
export const sellingKinds: ReadonlySet<OfferKind> = new Set([
  "recommendation",
  "parcel",
  "replenishment",
  "promotion",
  "retention",
])

/**
 * Kinds whose choice may be left to a draw. A parcel ships goods nobody asked for, so it is never sent to learn; and the value of
 * what is given (extra, recovery, notice) is a matter of policy, about which a draw would teach nothing.
 */
export const explorableKinds: ReadonlySet<OfferKind> = new Set([
  "recommendation",
  "replenishment",
  "promotion",
  "retention",
])

/** Whether a complaint or a delay of this customer is open. */
export const hasOpenMatter = ({ history: { complaints, delays } }: Situation): boolean =>
  openMatters(complaints).length > 0 || openMatters(delays).length > 0

/** Whether this customer bought the item, or without one anything, and kept it. */
export function hasBought({ history }: Situation, itemId: string | undefined): boolean {
  if (itemId === undefined) return history.orders > 0
  const item = Object.hasOwn(history.items, itemId) ? history.items[itemId] : undefined
  return item !== undefined && netPurchases(item) > 0
}

/** The offers that a placement may make, each with its item. An offer that names no placement may stand in all. */
export const candidatesFor = (
  { placement }: Situation,
  offers: Iterable<Offer>,
  items: ReadonlyMap<string, Item>,
): Candidate[] =>
  [...offers]
    .filter((offer) => offer.placements?.includes(placement) ?? true)
    .map((offer) => ({ offer, item: offer.itemId === undefined ? undefined : items.get(offer.itemId) }))
