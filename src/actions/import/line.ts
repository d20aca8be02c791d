import { type Channel, channels } from "../../core/customer/consent.ts"
import { type Identifier, identifierValueSchema } from "../../core/customer/identifier.ts"
import { parseDecimal } from "../../core/decimal.ts"
import { readEventName } from "../../core/history/event-name.ts"
import { interactionKind } from "../../core/history/event-table.ts"
import { parseInstant } from "../../core/time/instant.ts"
import type { KeepableReason, MappedField, Mapping } from "./mapping.ts"
import type { Row } from "./rows.ts"

export type RejectionReason =
  | KeepableReason
  | "unreadable"
  | "noCustomer"
  | "badTime"
  | "noItem"
  | "badQuantity"
  | "badPrice"
  | "zeroQuantity"
  | "negativePrice"
  | "refusedByIngest"

export interface Rejection {
  line: number
  reason: RejectionReason
  message: string
}

/** One line of a file, understood. `quantity` is positive: a line that went back has a returning event's name. */
export interface Line {
  line: number
  customer: Identifier
  at: number
  eventName: string
  item: { id: string; title: string; category: string | undefined } | undefined
  quantity: number
  price: number | undefined
  order: string | undefined
  messageId: string | undefined
  channel: Channel | undefined
  /** The whole line as it stood, to tell duplicates. */
  fingerprint: string
}

/** A column's word for what happened, as an event of the e-commerce vocabulary; a word it does not know stays. */
export const eventNameOf = (word: string): string => readEventName(word, { hasProduct: true }).name

/** An id as text. A whole number that passed through a floating-point column ("17850.0") is that whole number. */
function parseId(value: unknown): string {
  if (value === null || value === undefined) return ""
  return String(value)
    .trim()
    .replace(/^(\d+)\.0$/, "$1")
}

/** U+FFFD stands where bytes were not UTF-8: ids that differ would become the same. */
const noText = /[\0\uFFFD\p{Surrogate}]/u

/** What one row says, as a line or as the reason why not. */
export function readLine(row: Row, mapping: Mapping): Line | Rejection {
  const reject = (reason: RejectionReason, message: string): Rejection => ({ line: row.line, reason, message })
  if ("fault" in row) return reject("unreadable", row.fault)
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
  const customer = identifierValueSchema.safeParse(parseId(cell("customer")))
  if (!customer.success) return reject("noCustomer", "the line names no customer, so it teaches nothing about one")
  const at = parseInstant(cell("at"), mapping.toInstant, mapping.dateOrder)
  if (at === undefined) return reject("badTime", `"${cell("at")}" is not a time`)

  const namedEvent = text("event")
  const written = namedEvent === undefined ? mapping.eventName : eventNameOf(namedEvent)
  const kind = interactionKind(written)
  const itemId = text("item")?.slice(0, 200)
  if (kind !== undefined && itemId === undefined) return reject("noItem", `a line of ${written} names no item`)
  const isServiceLine = itemId !== undefined && mapping.serviceLines.test(itemId)
  if (isServiceLine && !mapping.keep.has("serviceLine")) {
    return reject("serviceLine", `"${itemId}" is a charge or a correction, not a product`)
  }

  const quantityText = text("quantity")
  const quantity = quantityText === undefined ? 1 : parseDecimal(cell("quantity"))
  if (!Number.isFinite(quantity)) return reject("badQuantity", `"${quantityText}" is not a quantity`)
  if (quantity === 0) return reject("zeroQuantity", "a line of no pieces")
  const priceText = text("price")
  const price = priceText === undefined ? undefined : parseDecimal(cell("price"))
  if (price !== undefined && !Number.isFinite(price)) return reject("badPrice", `"${priceText}" is not a price`)
  if (price !== undefined && price < 0) return reject("negativePrice", "a negative price is a book entry, not a sale")
  if (price === 0 && (kind === "purchase" || kind === "return") && !mapping.keep.has("zeroPrice")) {
    return reject("zeroPrice", "what cost nothing was not chosen: a gift, a sample or a stock correction")
  }

  const channel = text("channel")
  return {
    line: row.line,
    customer: { type: mapping.customerType, value: customer.data },
    at,
    eventName: kind === "purchase" && quantity < 0 ? "Order Refunded" : written,
    item: itemId === undefined ? undefined : { id: itemId, title: text("title") ?? itemId, category: text("category") },
    quantity: Math.abs(quantity),
    price,
    order: text("order"),
    messageId: text("messageId"),
    channel: channels.find((known) => known === channel),
    fingerprint: JSON.stringify(row.values),
  }
}
