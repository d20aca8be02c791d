import type { Event } from "./event.ts"
import { meaningOf } from "./event-table.ts"

/** Names of the events that tell what is in a cart, and those that empty it. */
export const cartEventNames = [
  "Product Added",
  "Wishlist Product Added to Cart",
  "Product Removed",
  "Cart Viewed",
  "Checkout Started",
  "Order Completed",
] as const

export interface CartLine {
  itemId: string
  quantity: number
  /** Price of one unit, as the latest event told it. */
  price?: number
}

/** The cart of a customer as their events tell it. */
export interface Cart {
  lines: readonly CartLine[]
  currency?: string
  /** Address that leads back to the cart. */
  url?: string
}

export type CartEvent = Pick<Event, "name" | "lines" | "properties">

/**
 * Returns the cart that events leave, in order of time: additions and removals add up, a view of the cart or the start of a checkout
 * replaces it by what it lists, and an order takes out what it holds, or everything where it names nothing.
 */
export function cartOf(events: readonly CartEvent[]): Cart {
  let lines = new Map<string, CartLine>()
  let told: Pick<Cart, "currency" | "url"> = {}
  for (const event of events) {
    lines = afterEvent(lines, event)
    told = { ...told, ...aboutCart(event) }
  }
  return { lines: [...lines.values()], ...told }
}

function afterEvent(
  before: ReadonlyMap<string, CartLine>,
  { name, lines, properties }: CartEvent,
): Map<string, CartLine> {
  if (meaningOf(name).order === "placed") return lines.length === 0 ? new Map() : without(before, lines)
  if (name === "Product Removed")
    return properties.quantity === undefined ? without(before, lines) : changed(before, lines, -1)
  if (name === "Cart Viewed" || name === "Checkout Started")
    return lines.length === 0 ? new Map(before) : changed(new Map(), lines, 1)
  return changed(before, lines, 1)
}

function without(before: ReadonlyMap<string, CartLine>, lines: Event["lines"]): Map<string, CartLine> {
  const gone = new Set(lines.map(({ itemId }) => itemId))
  return new Map([...before].filter(([itemId]) => !gone.has(itemId)))
}

function changed(before: ReadonlyMap<string, CartLine>, lines: Event["lines"], sign: 1 | -1): Map<string, CartLine> {
  const after = new Map(before)
  for (const { itemId, quantity, price } of lines) {
    const held = after.get(itemId)
    const left = (held?.quantity ?? 0) + sign * quantity
    const known = price ?? held?.price
    if (left > 0) after.set(itemId, { itemId, quantity: left, ...(known !== undefined && { price: known }) })
    else after.delete(itemId)
  }
  return after
}

const addressNames = ["cartUrl", "cart_url", "checkoutUrl", "checkout_url", "abandoned_checkout_url", "recoveryUrl"]

function aboutCart({ properties }: CartEvent): Pick<Cart, "currency" | "url"> {
  const { currency } = properties
  const url = addressNames.map((name) => properties[name]).find(isWebAddress)
  return {
    ...(typeof currency === "string" && currency.length === 3 && { currency }),
    ...(url !== undefined && { url }),
  }
}

/** Returns whether a value is an absolute http or https address. */
export const isWebAddress = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 2000 && /^https?:\/\//i.test(value) && URL.canParse(value)
