import { isCharge } from "../../core/catalogue/charge.ts"
import { type Identifier, identifierValueSchema } from "../../core/customer/identifier.ts"
import { isPlaceholder } from "../../core/customer/placeholder.ts"
import { readEventName } from "../../core/history/event-name.ts"
import { interactionKind } from "../../core/history/event-table.ts"
import { type Channel, channels } from "../../core/schema/channel.ts"
import { readNumber } from "../../core/schema/written-number.ts"
import { readMoment, readSerialDay } from "../../core/time/written-time.ts"
import type { MappedField } from "./mapped-field.ts"
import type { KeepableReason, Mapping } from "./mapping.ts"
import { meaningOfStatus, plainStatus } from "./order-status.ts"

export type RejectionReason =
  | KeepableReason
  | "unreadable"
  | "noCustomer"
  | "badTime"
  | "futureTime"
  | "noItem"
  | "badQuantity"
  | "badPrice"
  | "zeroQuantity"
  | "negativePrice"
  | "leftOutByStatus"
  | "invalid"
  | "refusedByIngest"

export interface Rejection {
  line: number
  reason: RejectionReason
  message: string
  /** Of a line that is no goods: which. */
  charge?: { id: string; title: string }
}

/** One line of a file, understood. `quantity` is positive: a line that went back has a returning event's name. */
export interface Line {
  line: number
  /** The first is whom it is counted for. */
  identifiers: readonly Identifier[]
  at: number
  eventName: string
  /** The file's word for the event, where it is not understood. */
  unknownName: string | undefined
  item: { id: string; title: string; category: string | undefined; isGoods: boolean } | undefined
  quantity: number
  price: number | undefined
  order: string | undefined
  messageId: string | undefined
  channel: Channel | undefined
  email: string | undefined
  /** The whole line as it stood, to tell duplicates. */
  fingerprint: string
}

/** A row's columns, those of an order's later lines filled in from its first. */
export interface FilledRow {
  line: number
  values: Readonly<Record<string, unknown>>
  fingerprint: string
}

/** An id as text. A whole number that passed through a floating-point column ("17850.0") is that whole number. */
export function parseId(value: unknown): string {
  if (value === null || value === undefined) return ""
  return String(value)
    .trim()
    .replace(/^(\d+)\.0$/, "$1")
}

/** U+FFFD stands where bytes were not UTF-8: ids that differ would become the same. */
const noText = /[\0\uFFFD\p{Surrogate}]/u
/** Nothing in a shop's records is older; what says so is a zero that stands for no time. */
const earliestMs = Date.UTC(1971, 0, 1)

/** Reads one row as a line, or returns the reason why not; what lies behind `latestMs` has not happened yet. */
export function readLine(row: FilledRow, mapping: Mapping, latestMs: number): Line | Rejection {
  const reject = (reason: RejectionReason, message: string): Rejection => ({ line: row.line, reason, message })
  const cell = (field: MappedField): unknown => {
    const column = mapping.column[field]
    return column === undefined ? undefined : row.values[column]
  }
  const text = (field: MappedField): string | undefined => parseId(cell(field)) || undefined

  const words = Object.values(mapping.column).map((column) => row.values[column])
  if (words.some((word) => typeof word === "string" && noText.test(word))) {
    return reject(
      "unreadable",
      "holds bytes that are no text; if the file is not UTF-8, convert it first (iconv -f latin1 -t utf-8)",
    )
  }
  const identifiers = identifiersOf(text, mapping)
  if (identifiers.length === 0) {
    const given = text("customer")
    const message = "the line names no customer, so it teaches nothing about one"
    return reject("noCustomer", given === undefined ? message : `"${given.slice(0, 100)}" names no customer`)
  }
  const at = readMoment(cell("at"), mapping) ?? readSerialDay(cell("at"), mapping)
  if (at === undefined) return reject("badTime", `"${cell("at") ?? ""}" is not a time`)
  if (at < earliestMs) return reject("badTime", `"${cell("at")}" stands where no time is known`)
  if (at > latestMs) return reject("futureTime", `"${cell("at")}" lies in the future`)

  const title = text("title")
  const itemId = (text("item") ?? (mapping.namesItems ? title : undefined))?.slice(0, 200)
  const namedEvent = text("event")
  const named =
    namedEvent === undefined
      ? { name: mapping.eventName, understood: true }
      : readEventName(namedEvent, { hasProduct: itemId !== undefined })
  const status = statusOf(text, mapping)
  const kind = interactionKind(named.name)
  if (kind === "purchase" && status.leaves !== undefined) return reject("leftOutByStatus", status.leaves)
  if (kind !== undefined && itemId === undefined) return reject("noItem", `a line of ${named.name} names no item`)
  const isGoods = itemId === undefined || !isChargeBy(mapping, itemId, title)
  if (!isGoods && !mapping.keep.has("serviceLine")) {
    const rejection = reject("serviceLine", `"${title ?? itemId}" is a charge or a correction, not a product`)
    return { ...rejection, charge: { id: itemId!, title: title ?? itemId! } }
  }

  const quantityText = text("quantity")
  const quantity = quantityText === undefined ? 1 : readNumber(cell("quantity"), mapping.decimalMark)
  if (!Number.isFinite(quantity)) return reject("badQuantity", `"${quantityText}" is not a quantity`)
  if (quantity === 0) return reject("zeroQuantity", "a line of no pieces")
  const priceText = text("price")
  const priceGiven = priceText === undefined ? undefined : readNumber(cell("price"), mapping.decimalMark)
  if (priceGiven !== undefined && !Number.isFinite(priceGiven))
    return reject("badPrice", `"${priceText}" is not a price`)
  const eventName = kind === "purchase" ? orderEventOf(named.name, quantity, status.meaning) : named.name
  const isReturn = interactionKind(eventName) === "return"
  const price =
    priceGiven !== undefined && isReturn && (quantity < 0 || kind === "return") ? Math.abs(priceGiven) : priceGiven
  if (price !== undefined && price < 0) return reject("negativePrice", "a negative price is a book entry, not a sale")
  if (price === 0 && (kind === "purchase" || kind === "return") && !mapping.keep.has("zeroPrice")) {
    return reject("zeroPrice", "what cost nothing was not chosen: a gift, a sample or a stock correction")
  }

  const channel = text("channel")
  return {
    line: row.line,
    identifiers,
    at,
    eventName,
    unknownName: named.understood ? undefined : namedEvent,
    item:
      itemId === undefined ? undefined : { id: itemId, title: title ?? itemId, category: text("category"), isGoods },
    quantity: Math.abs(quantity),
    price,
    order: text("order"),
    messageId: text("messageId"),
    channel: channels.find((known) => known === channel),
    email: text("email"),
    fingerprint: row.fingerprint,
  }
}

type TextOf = (field: MappedField) => string | undefined

/** The customer, with the device of the same line; a guest by the device or the e-mail address alone. */
function identifiersOf(text: TextOf, mapping: Mapping): Identifier[] {
  const named = (type: Identifier["type"], field: MappedField): Identifier[] => {
    const value = identifierValueSchema.safeParse(text(field) ?? "")
    return value.success && !isPlaceholder({ type, value: value.data }) ? [{ type, value: value.data }] : []
  }
  const given = [...named(mapping.customerType, "customer"), ...named("anonymousId", "device")]
  return given.length > 0 ? given : named("email", "email")
}

const isChargeBy = ({ serviceLines }: Mapping, code: string, title: string | undefined): boolean =>
  serviceLines === undefined
    ? isCharge({ code, title })
    : serviceLines.test(code) || (title !== undefined && serviceLines.test(title))

interface OrderStatus {
  meaning: "order" | "cancelled" | "refunded"
  /** Reason why the line is left out. */
  leaves?: string
}

function statusOf(text: TextOf, mapping: Mapping): OrderStatus {
  const status = text("status")
  const written = status === undefined ? "order" : meaningOfStatus(status)
  if (status !== undefined && mapping.leaveOut.has(plainStatus(status))) {
    return { meaning: "order", leaves: `its status is "${status}" (--leave-out)` }
  }
  const meaning = text("cancelledAt") === undefined || written === "refunded" ? written : "cancelled"
  if (meaning === "failed" || meaning === "unpaid") return { meaning: "order", leaves: `its status is "${status}"` }
  if (meaning !== "cancelled") return { meaning }
  const said = text("cancelledAt") === undefined ? `its status is "${status}"` : "it was cancelled"
  return text("order") === undefined ? { meaning: "order", leaves: said } : { meaning }
}

function orderEventOf(name: string, quantity: number, status: OrderStatus["meaning"]): string {
  if (status === "cancelled") return "Order Cancelled"
  return status === "refunded" || quantity < 0 ? "Order Refunded" : name
}
