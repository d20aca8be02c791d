import type { Item } from "../catalogue/item.ts"
import { type Cart, type CartLine, isWebAddress } from "../history/cart.ts"
import type { ProductLine } from "../history/event.ts"
import { meaningOf } from "../history/event-table.ts"
import type { History } from "../history/history.ts"
import { orderNumberOf } from "../history/order.ts"
import type { Trigger } from "../policy/trigger-schema.ts"
import { hourMs } from "../time/durations.ts"
import type { TriggerEvent } from "./trigger.ts"

/** A product of a cart or an order, with what the catalogue says of it. */
interface TriggerLine extends CartLine {
  title?: string
  url?: string
  image?: string
}

interface Products {
  lines: readonly TriggerLine[]
  itemIds: readonly string[]
  /** Number of units. */
  quantity: number
  /** Absent where a price is not known. */
  value?: number
  currency?: string
}

/** The event that a trigger fired for, as rules, treatments and webhooks read it; times are ISO 8601. */
export interface TriggerFacts {
  id: string
  event?: string
  at: string
  hoursSince: number
  cart?: Products & { url?: string }
  order?: Products & { id: string; placedAt?: string; shippedAt?: string; deliveredAt?: string }
  parcel?: { carrier?: string; trackingNumber?: string; trackingUrl?: string; expectedAt?: string }
  case?: { id: string; type: "complaint" | "delay"; openedAt: string; hoursOpen: number; subject?: string }
}

interface Known {
  history: History
  cart: Cart | null
  items: ReadonlyMap<string, Item>
  nowMs: number
}

const maxLines = 50

/** Returns what is known of the event that a trigger fires for. */
export function triggerFacts({ id, when }: Trigger, event: TriggerEvent, known: Known): TriggerFacts {
  const name = event.name ?? ("event" in when ? when.event : undefined)
  const { cart, nowMs, items } = known
  const order = orderFacts(event, known)
  const parcel = parcelFacts(event)
  const open = caseFacts(event, known)
  return {
    id,
    ...(name !== undefined && { event: name }),
    at: iso(event.at),
    hoursSince: Math.max(0, nowMs - event.at) / hourMs,
    ...(cart !== null && {
      cart: { ...productsOf(cart.lines, cart.currency, items), ...(cart.url !== undefined && { url: cart.url }) },
    }),
    ...(order && { order }),
    ...(parcel && { parcel }),
    ...(open && { case: open }),
  }
}

const iso = (ms: number) => new Date(ms).toISOString()

function productsOf(
  given: readonly CartLine[],
  currency: string | undefined,
  items: ReadonlyMap<string, Item>,
): Products {
  const lines = given.slice(0, maxLines).map(({ itemId, quantity, price }): TriggerLine => {
    const { title, url, image, price: listed } = items.get(itemId) ?? {}
    const known = price ?? listed
    return {
      itemId,
      quantity,
      ...(known !== undefined && { price: known }),
      ...(title !== undefined && { title }),
      ...(url !== undefined && { url }),
      ...(image !== undefined && { image }),
    }
  })
  const value = lines.reduce((sum, { quantity, price }) => sum + quantity * (price ?? Number.NaN), 0)
  const told = currency ?? lines.map(({ itemId }) => items.get(itemId)?.currency).find((code) => code !== undefined)
  return {
    lines,
    itemIds: lines.map(({ itemId }) => itemId),
    quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    ...(Number.isFinite(value) && { value: Number(value.toFixed(2)) }),
    ...(told !== undefined && { currency: told }),
  }
}

function orderFacts({ properties, lines = [] }: TriggerEvent, { history, items }: Known): TriggerFacts["order"] {
  const id = orderNumberOf(properties)
  if (id === undefined) return undefined
  const order = Object.hasOwn(history.ordersByNumber, id) ? history.ordersByNumber[id] : undefined
  const quantities = order?.update?.lines ?? order?.lines
  const priceOf = new Map(lines.map(({ itemId, price }) => [itemId, price]))
  const held: readonly ProductLine[] =
    quantities === undefined
      ? lines
      : Object.entries(quantities).map(([itemId, quantity]) => {
          const price = priceOf.get(itemId)
          return { itemId, quantity, ...(price !== undefined && { price }) }
        })
  const { currency } = properties
  const products = productsOf(held, typeof currency === "string" && currency.length === 3 ? currency : undefined, items)
  const times = (["placedAt", "shippedAt", "deliveredAt"] as const).flatMap((name) => {
    const at = order?.[name]
    return at === undefined ? [] : [[name, iso(at)] as const]
  })
  return { id, ...products, ...(order?.value !== undefined && { value: order.value }), ...Object.fromEntries(times) }
}

/** Names under which shops tell of a parcel. */
const parcelNames = {
  carrier: ["carrier", "shipping_carrier", "tracking_company", "shippingCarrier"],
  trackingNumber: ["trackingNumber", "tracking_number", "tracking_code"],
  expectedAt: ["expectedAt", "expected_at", "estimated_delivery", "estimatedDelivery", "estimated_delivery_at"],
} as const

function parcelFacts({ name = "", properties }: TriggerEvent): TriggerFacts["parcel"] {
  const { order } = meaningOf(name)
  if (order !== "shipped" && order !== "delayed" && order !== "delivered") return undefined
  const told = Object.entries(parcelNames).flatMap(([fact, names]) => {
    const value = textOf(properties, names)
    return value === undefined ? [] : [[fact, value] as const]
  })
  const trackingUrl = ["trackingUrl", "tracking_url"].map((named) => properties[named]).find(isWebAddress)
  const parcel = { ...Object.fromEntries(told), ...(trackingUrl !== undefined && { trackingUrl }) }
  return Object.keys(parcel).length === 0 ? undefined : parcel
}

function textOf(properties: TriggerEvent["properties"], names: readonly string[]): string | undefined {
  const value = names.map((name) => properties[name]).find((one) => typeof one === "string" || typeof one === "number")
  return value === undefined ? undefined : String(value).slice(0, 200)
}

function caseFacts({ name = "", properties, at }: TriggerEvent, { nowMs }: Known): TriggerFacts["case"] {
  const type = meaningOf(name).opens
  if (type === undefined) return undefined
  const id = textOf(properties, type === "complaint" ? ["complaintId", "orderId"] : ["orderId"])
  const subject = textOf(properties, ["subject", "reason", "title"])
  return {
    id: id ?? "",
    type,
    openedAt: iso(at),
    hoursOpen: Math.max(0, nowMs - at) / hourMs,
    ...(subject !== undefined && { subject }),
  }
}

/** Returns the facts as a decision's trace keeps them, without lines and addresses: what rules need to be evaluated again. */
export function tracedTrigger({ cart, order, parcel, ...facts }: Partial<TriggerFacts>): Record<string, unknown> {
  const { trackingUrl: _, trackingNumber: __, ...ofParcel } = parcel ?? {}
  return {
    ...facts,
    ...(cart && { cart: summary(cart) }),
    ...(order && { order: summary(order) }),
    ...(parcel && { parcel: ofParcel }),
  }
}

const summary = ({ lines: _, url: __, ...products }: Products & { url?: string }) => products
