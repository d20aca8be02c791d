import type { Item } from "../catalogue/item.ts"
import { behaviourOfKind, type Offer, type OfferKind, offerKinds } from "../catalogue/offer.ts"
import type { Consents } from "../customer/consent.ts"
import type { IdentifierType } from "../customer/identifier.ts"
import { type History, openCases } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import type { Policy } from "../policy/policy.ts"
import type { Possession } from "../possession/possession.ts"
import type { Slot } from "../preference/slot.ts"
import type { Channel } from "../schema/channel.ts"
import type { Exchange } from "../settings/exchange.ts"
import { dayMs } from "../time/durations.ts"
import { isTimeZone } from "../time/local-time.ts"
import type { Reservation } from "./contact.ts"

/** The customer, place and time that a decision is made for. */
export interface DecisionContext {
  nowMs: number
  placement: string
  channel: Channel
  history: History
  consents: Consents
  traits?: Readonly<Record<string, unknown>>
  locale?: string | undefined
  /** Attributes of the moment that the caller sends. */
  attributes?: Readonly<Record<string, string | number | boolean>>
  /** Facts of the trigger that the decision is made for. */
  trigger?: object | undefined
  /** Earlier offers to the customer, made or reserved. */
  reservations?: readonly Reservation[]
  /** Types of the customer's identifiers that are addresses. */
  reachableBy?: readonly IdentifierType[] | undefined
  /** Decisions of one group, such as a mailing, count as one contact; by default each decision is a contact. */
  contactGroup?: string | undefined
  /** Items that the customer has, gave back or waits for; read off the history where it is not given. */
  possession?: Possession | undefined
  /** Items that no more customers of a campaign may be given. */
  itemSpread?: ItemSpread | undefined
  /** The notice that this may join; only a recovery can. */
  joins?: string | undefined
  /** The decision's currency and the rates of others; absent: all money is in one. */
  exchange?: Exchange | undefined
}

/** Items that have their share of a campaign's customers already. */
export interface ItemSpread {
  maxItemShare: number
  full: ReadonlySet<string>
}

/** An offer that could be chosen, with what it is bound to. */
export interface Candidate {
  offer: Offer
  /** The item it is bound to, of several the first; `undefined`: not bound, or bound to an item the catalogue lacks. */
  item: Item | undefined
  /** Items that the offer is bound to, best first, when it selects items for the customer. */
  slots?: readonly Slot[]
}

/** Tells candidates of one decision apart. */
export const keyOf = ({ offer, item }: Pick<Candidate, "offer" | "item">): string =>
  offer.items?.bind === "each" && item ? `${offer.id}\n${item.id}` : offer.id

const kindsWith = (behaviour: keyof (typeof behaviourOfKind)[OfferKind]): ReadonlySet<OfferKind> =>
  new Set(offerKinds.filter((kind) => behaviourOfKind[kind][behaviour]))

export const serviceKinds = kindsWith("isService")
export const sellingKinds = kindsWith("isSelling")
export const explorableKinds = kindsWith("isExplorable")

/** Returns whether a complaint or a delay of the customer is open and younger than the policy's `maxCaseAgeDays`. */
export function hasOpenCase(
  { history: { complaints, delays }, nowMs }: Pick<DecisionContext, "history" | "nowMs">,
  { service }: Pick<Policy, "service">,
  about: "complaint" | "delay" | "any" = "any",
): boolean {
  const sinceMs = nowMs - service.maxCaseAgeDays * dayMs
  return (
    (about !== "delay" && openCases(complaints, sinceMs).length > 0) ||
    (about !== "complaint" && openCases(delays, sinceMs).length > 0)
  )
}

/** Units this customer bought of an item and kept. */
export function keptPurchases({ history }: Pick<DecisionContext, "history">, itemId: string): number {
  const item = Object.hasOwn(history.items, itemId) ? history.items[itemId] : undefined
  return item === undefined ? 0 : netPurchases(item)
}

/** Returns the customer's time zone: their trait `timezone`, else that of the policy's quiet hours, else UTC. */
export const timeZoneOf = (
  { traits }: Pick<DecisionContext, "traits">,
  { contact }: Pick<Policy, "contact">,
): string => (isTimeZone(traits?.timezone) ? traits.timezone : (contact.quietHours?.timeZone ?? "UTC"))

/** Picks this customer's best items for an offer that is bound to some. */
export type SelectItems = (offer: Offer) => readonly Slot[]

/** Selection of a recommendation that names no item. */
const ownPicks = { limit: 4, bind: "together" } as const

/** Returns whether an offer shows what the customer likes best, whatever that is. */
export const isOpenRecommendation = ({ kind, itemId, items }: Offer): boolean =>
  kind === "recommendation" && itemId === undefined && items === undefined

/** The offers that a placement may make, each with its item or items. An offer that names no placement may stand in all; what joins a notice is a recovery. */
export function candidatesFor(
  { placement, joins }: DecisionContext,
  offers: Iterable<Offer>,
  items: ReadonlyMap<string, Item>,
  selectItems: SelectItems,
): Candidate[] {
  const candidates: Candidate[] = []
  for (const offer of offers) {
    if (offer.placements !== undefined && !offer.placements.includes(placement)) continue
    if (joins !== undefined && offer.kind !== "recovery") continue
    if (isOpenRecommendation(offer)) {
      const slots = selectItems({ ...offer, items: ownPicks })
      const item = slots[0] && items.get(slots[0].itemId)
      candidates.push(item === undefined ? { offer, item } : { offer, item, slots })
      continue
    }
    if (offer.items === undefined) {
      candidates.push({ offer, item: offer.itemId === undefined ? undefined : items.get(offer.itemId) })
      continue
    }
    const slots = selectItems(offer)
    const first = slots[0] && items.get(slots[0].itemId)
    if (offer.items.bind === "together" || first === undefined) candidates.push({ offer, item: first, slots })
    else for (const slot of slots) candidates.push({ offer, item: items.get(slot.itemId), slots: [slot] })
  }
  return candidates
}
