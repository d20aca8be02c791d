import type { Item } from "../../src/core/catalogue/item.ts"
import type { Offer } from "../../src/core/catalogue/offer.ts"
import type { Consent } from "../../src/core/customer/consent.ts"
import type { Identifier } from "../../src/core/customer/identifier.ts"
import type { IncomingEvent } from "../../src/core/history/event.ts"
import type { Channel, ConsentPurpose } from "../../src/core/schema/channel.ts"

export interface ConsentRecord {
  customer: Identifier
  purpose: ConsentPurpose
  consent: Consent
}

/** Channel and time at which an offer would reach a customer. */
export interface OfferContext {
  channel: Channel
  atMs: number
  /** Stands in for the offer's own item, where a recommendation is bound late. */
  itemId?: string
  /** Contacts in the last seven days. */
  recentContacts?: number
  /** True if a complaint or a delay is open. */
  openCase?: boolean
}

/**
 * True parameters of the shop, for tests and benchmarks only. Customers are named by `userId`, times are milliseconds
 * since the epoch; arrays follow `itemIds`; an unknown name is an Error.
 */
export interface Truth {
  userIds: readonly string[]
  itemIds: readonly string[]
  /** Returns the owner of a `userId`, `email` or `loyaltyCard`; a device (`anonymousId`) tells nothing by itself. */
  userIdOf(identifier: Identifier): string | undefined
  /** Utility of each item (log odds) that week: what a choice within its product type is a softmax of. */
  taste(userId: string, atMs: number): Float64Array
  /** P(each item is bought without any offer in the `horizonDays` whole UTC days after the day of `atMs`). */
  organicDemand(userId: string, atMs: number, horizonDays: number): Float64Array
  /** P(their need of the item's type returned by `untilMs` | it last did at `sinceMs`); 0 where it is no need of theirs. */
  needProbability(userId: string, itemId: string, sinceMs: number, untilMs: number): number
  /** P(an item sent unasked on that day is kept). */
  keepProbability(userId: string, itemId: string, atMs: number): number
  /** P(a line of an order placed then goes back). */
  returnProbability(userId: string, itemId: string, atMs: number): number
  /** P(the offer itself moves the customer), apart from what they would have bought anyway. */
  inducedProbability(userId: string, offer: Offer, context: OfferContext): number
  /** P(accept | offered) = 1 − (1 − organic demand of its item in 7 days) · (1 − induced). */
  responseProbability(userId: string, offer: Offer, context: OfferContext): number
}

export interface Shop {
  items: readonly Item[]
  offers: readonly Offer[]
  consents: readonly ConsentRecord[]
  /** Everything that happened, in time order, made while it is read: memory does not grow with the events. */
  events(): Generator<IncomingEvent>
  truth: Truth
}
