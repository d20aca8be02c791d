import type { Outcome } from "./outcome.ts"
import type { SendState } from "./send-state.ts"
import type { Stage } from "./stage.ts"

export type InteractionKind = "view" | "cart" | "purchase" | "return"

/** Effect of an event on the order whose number it carries. */
export type OrderEffect = "placed" | "updated" | "cancelled" | "refunded" | "shipped" | "delayed" | "delivered"

/** Meaning of an event name; the event does not touch parts that are absent. */
export interface EventMeaning {
  /** Kind of interaction that its lines count as. */
  interaction?: InteractionKind
  /** The stage of the journey it puts its customer in. */
  stage?: Stage
  /** Outcome of the decision that it names. */
  outcome?: Outcome
  opens?: "complaint" | "delay"
  closes?: "complaint" | "delay"
  order?: OrderEffect
  /** The state of a send that it tells of; only the shop itself records these. */
  send?: Exclude<SendState, "proposed">
}

/** Every event name that means something here, by its canonical spelling: that of the Segment e-commerce and e-mail specifications. */
export const eventTable = {
  "Page Viewed": { stage: "discover" },
  "Screen Viewed": { stage: "discover" },
  "Product List Viewed": { stage: "discover" },
  "Promotion Viewed": { stage: "discover", outcome: "impression" },
  "Promotion Clicked": { stage: "discover", outcome: "click" },
  "Products Searched": { stage: "evaluate" },
  "Product List Filtered": { stage: "evaluate" },
  "Product Clicked": { interaction: "view", stage: "evaluate", outcome: "click" },
  "Product Viewed": { interaction: "view", stage: "evaluate", outcome: "click" },
  "Product Shared": {},
  "Product Added to Wishlist": { interaction: "cart", stage: "evaluate" },
  "Product Removed from Wishlist": {},
  "Wishlist Product Added to Cart": { interaction: "cart", stage: "buy" },
  "Product Added": { interaction: "cart", stage: "buy" },
  "Product Removed": { stage: "buy" },
  "Cart Viewed": { stage: "buy" },
  "Cart Shared": {},
  "Checkout Started": { stage: "buy" },
  "Checkout Step Viewed": { stage: "buy" },
  "Checkout Step Completed": { stage: "buy" },
  "Payment Info Entered": { stage: "buy" },
  "Payment Failed": {},
  "Coupon Entered": {},
  "Coupon Applied": { stage: "buy" },
  "Coupon Denied": {},
  "Coupon Removed": {},
  "Order Completed": { interaction: "purchase", stage: "access", outcome: "purchase", order: "placed" },
  "Order Updated": { stage: "access", order: "updated" },
  "Order Shipped": { stage: "access", order: "shipped" },
  "Delivery Delayed": { stage: "access", opens: "delay", order: "delayed" },
  "Order Delivered": { stage: "use", closes: "delay", order: "delivered" },
  "Delivery Completed": { stage: "use", closes: "delay", order: "delivered" },
  "Order Refunded": { interaction: "return", stage: "support", order: "refunded" },
  "Order Cancelled": { interaction: "return", stage: "support", closes: "delay", order: "cancelled" },
  "Product Returned": { interaction: "return", stage: "support", outcome: "returned", order: "refunded" },
  "Product Reviewed": { stage: "use" },
  "Complaint Opened": { stage: "support", opens: "complaint" },
  "Complaint Resolved": { stage: "use", closes: "complaint" },
  "Email Delivered": { outcome: "impression" },
  "Email Opened": { outcome: "impression" },
  "Email Link Clicked": { outcome: "click" },
  "Email Bounced": {},
  "Email Marked as Spam": { outcome: "unsubscribed" },
  Unsubscribed: { outcome: "unsubscribed" },
  "Customer Identified": {},
  "Group Joined": {},
  "Identifiers Joined": {},
  "Signed Up": {},
  "Signed In": {},
  "Signed Out": {},
  "Session Started": {},
  "Application Installed": {},
  "Application Opened": {},
  "Application Updated": {},
  "Application Backgrounded": {},
  "Application Uninstalled": {},
  "Send Approved": { send: "approved" },
  "Send Reserved": { send: "reserved" },
  "Send Dispatched": { send: "dispatched" },
  "Send Delivered": { send: "delivered" },
  "Send Kept": { send: "kept" },
  "Send Returned": { send: "returned" },
  "Send Gifted": { send: "gifted" },
  "Send Lost": { send: "lost" },
  "Send Vetoed": { send: "vetoed" },
} as const satisfies Readonly<Record<string, EventMeaning>>

export type EventName = keyof typeof eventTable

const table: Readonly<Record<string, EventMeaning>> = eventTable
const nothing: EventMeaning = {}

/** True if a name is a canonical one. */
export const isEventName = (name: string): name is EventName => Object.hasOwn(table, name)

/** Returns the meaning of a canonical event name; nothing for a name that is not in the table. */
export const meaningOf = (name: string): EventMeaning => (isEventName(name) ? table[name]! : nothing)

/**
 * Returns the kind of interaction that an event's lines count as; `undefined` for an event that says nothing of it. What came back is what the event
 * names: a refund without products takes back nothing by itself, because it may be a refund of money alone.
 */
export const interactionKind = (name: string): InteractionKind | undefined => meaningOf(name).interaction
