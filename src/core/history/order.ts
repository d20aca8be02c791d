import { dayMs } from "../time/durations.ts"
import type { Event } from "./event.ts"
import { meaningOf, type OrderEffect } from "./event-table.ts"
import { maxItems } from "./limits.ts"

/** Pieces by item id. */
export type Quantities = Readonly<Record<string, number>>

/** One return of items of an order. */
interface OrderReturn {
  at: number
  lines: Quantities
}

/**
 * One order of a customer: all that was told of its number, in whatever order and however often. Times are milliseconds since the
 * epoch, the earliest told; absent where nothing said so.
 */
export interface Order {
  placedAt?: number
  lines?: Quantities
  /** True if a trusted source told anything of its number. */
  told?: true
  /** A browser's word that it was placed, which counts only once a trusted source tells anything of the same number. */
  claim?: { at: number; lastAt: number; lines: Quantities }
  /** The latest `Order Updated` with lines; they replace those it was placed with. */
  update?: { at: number; lines: Quantities }
  /** The highest total told. */
  value?: number
  shippedAt?: number
  deliveredAt?: number
  /** Without lines the whole order. */
  cancelled?: { at: number; lines?: Quantities }
  /** Returned quantities by the refund's own id or else its day (UTC). */
  returns?: Readonly<Record<string, OrderReturn>>
  /** A refund that names no lines: of the whole order, unless its amount is far below the order's value. */
  refund?: { at: number; amount?: number }
  /** Time when it was last told of. */
  lastAt: number
}

const orderStates = ["claimed", "open", "placed", "shipped", "delivered", "cancelled", "refunded"] as const
export type OrderState = (typeof orderStates)[number]

type Returns = NonNullable<Order["returns"]>

const maxReturns = 20

/** The number of the order that an event is about; `undefined` where it names none. */
export function orderNumberOf({ orderId }: Event["properties"]): string | undefined {
  if (typeof orderId !== "string" && typeof orderId !== "number") return undefined
  return String(orderId).trim().replace(/^#/, "").slice(0, 200) || undefined
}

/** Returns what one event reports about the order it names, or `undefined`. */
export function orderOf(event: Event): Order | undefined {
  const { at, name, trust } = event
  const effect = meaningOf(name).order
  if (effect === undefined) return undefined
  const lines = quantitiesOf(event.lines)
  if (trust !== "claimed") return { told: true, ...toldBy(event, effect, lines), lastAt: at }
  return effect === "placed" ? { claim: { at, lastAt: at, lines }, lastAt: at } : undefined
}

function toldBy(event: Event, effect: OrderEffect, lines: Quantities): Partial<Order> {
  const { at, properties } = event
  const hasLines = Object.keys(lines).length > 0
  const value = orderValue(event)
  switch (effect) {
    case "placed":
      return { placedAt: at, lines, ...(value !== undefined && { value }) }
    case "updated":
      return { ...(hasLines && { update: { at, lines } }), ...(value !== undefined && { value }) }
    case "cancelled":
      return { cancelled: { at, ...(hasLines && { lines }) } }
    case "refunded":
      return hasLines ? { returns: returnsOf(at, lines, properties.refundId) } : { refund: refundOf(event) }
    case "shipped":
      return { shippedAt: at }
    case "delivered":
      return { deliveredAt: at }
    case "delayed":
      return {}
  }
}

/** Both as one; the same thing said twice is said once. */
export function mergeOrders(a: Order, b: Order): Order {
  return withoutAbsent({
    placedAt: earliest(a.placedAt, b.placedAt),
    told: a.told ?? b.told,
    lines: either(a.lines, b.lines, most),
    claim: either(a.claim, b.claim, (x, y) => ({
      at: Math.min(x.at, y.at),
      lastAt: Math.max(x.lastAt, y.lastAt),
      lines: most(x.lines, y.lines),
    })),
    update: either(a.update, b.update, (x, y) =>
      x.at === y.at ? { at: x.at, lines: most(x.lines, y.lines) } : x.at > y.at ? x : y,
    ),
    value: either(a.value, b.value, Math.max),
    shippedAt: earliest(a.shippedAt, b.shippedAt),
    deliveredAt: earliest(a.deliveredAt, b.deliveredAt),
    cancelled: either(a.cancelled, b.cancelled, (x, y) => ({
      at: Math.min(x.at, y.at),
      ...(x.lines && y.lines && { lines: most(x.lines, y.lines) }),
    })),
    returns: either(a.returns, b.returns, mergeReturns),
    refund: either(a.refund, b.refund, (x, y) => ({
      at: Math.min(x.at, y.at),
      ...(x.amount !== undefined && y.amount !== undefined && { amount: Math.max(x.amount, y.amount) }),
    })),
    lastAt: Math.max(a.lastAt, b.lastAt),
  })
}

/** Pieces by item of an event's lines, those of one item together; of very many items the first by id. */
function quantitiesOf(lines: Event["lines"]): Quantities {
  const quantities = new Map<string, number>()
  for (const { itemId, quantity } of lines) quantities.set(itemId, (quantities.get(itemId) ?? 0) + quantity)
  return bounded(quantities)
}

function bounded(quantities: ReadonlyMap<string, number>): Quantities {
  if (quantities.size <= maxItems) return Object.fromEntries(quantities)
  return Object.fromEntries([...quantities].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, maxItems))
}

function most(a: Quantities, b: Quantities): Quantities {
  const merged = new Map(Object.entries(a))
  for (const [itemId, quantity] of Object.entries(b)) merged.set(itemId, Math.max(merged.get(itemId) ?? 0, quantity))
  return bounded(merged)
}

const amountNames = ["total", "revenue", "value", "amount"] as const

function amountOf(properties: Event["properties"]): number | undefined {
  for (const name of amountNames) {
    const amount = Number(properties[name] ?? Number.NaN)
    if (amount > 0 && amount < Number.POSITIVE_INFINITY) return amount
  }
  return undefined
}

/** The order's value: as told, else what its lines cost where all have a price. */
function orderValue({ lines, properties }: Event): number | undefined {
  const told = amountOf(properties)
  if (told !== undefined) return told
  const sum = lines.reduce((total, { quantity, price }) => total + quantity * (price ?? Number.NaN), 0)
  return sum > 0 ? sum : undefined
}

function refundOf({ at, properties }: Event): NonNullable<Order["refund"]> {
  const amount = amountOf(properties)
  return { at, ...(amount !== undefined && { amount }) }
}

function returnsOf(at: number, lines: Quantities, refundId: unknown): Returns {
  const id = typeof refundId === "string" || typeof refundId === "number" ? `#${refundId}`.slice(0, 200) : undefined
  return Object.fromEntries([[id ?? String(Math.floor(at / dayMs)), { at, lines }]])
}

function mergeReturns(a: Returns, b: Returns): Returns {
  const merged = new Map(Object.entries(a))
  for (const [id, y] of Object.entries(b)) {
    const x = merged.get(id)
    merged.set(id, x === undefined ? y : { at: Math.min(x.at, y.at), lines: most(x.lines, y.lines) })
  }
  const latestFirst = [...merged].sort(([idA, x], [idB, y]) => y.at - x.at || (idA < idB ? -1 : 1))
  return Object.fromEntries(latestFirst.slice(0, maxReturns))
}

const earliest = (a: number | undefined, b: number | undefined) => either(a, b, Math.min)

function either<T>(a: T | undefined, b: T | undefined, merge: (a: T, b: T) => T | undefined): T | undefined {
  return a === undefined ? b : b === undefined ? a : merge(a, b)
}

function withoutAbsent(order: { [K in keyof Order]: Order[K] | undefined }): Order {
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined)) as unknown as Order
}
