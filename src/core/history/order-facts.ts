import { type EventName, meaningOf } from "./event-table.ts"
import { asFields } from "./product-shapes.ts"

type Properties = Readonly<Record<string, unknown>>

const orderNames = [
  ...["orderId", "order_id", "orderID", "order_number", "orderNumber", "transaction_id", "transactionId"],
  ...["transactionID", "increment_id", "invoice_id", "invoiceId"],
] as const

/** The number of the order that an event names, by the property that names it; a shop's own order under an event of orders is its `id`. */
export function findOrderNumber(
  properties: Properties,
  eventName: string,
): { orderId?: string | number; from?: string } {
  for (const name of orderNames) {
    const orderId = idOf(properties[name])
    if (orderId !== undefined) return { orderId, from: name }
  }
  if (meaningOf(eventName).order === undefined && meaningOf(eventName).interaction !== "purchase") return {}
  for (const place of ["ecommerce", "order", "checkout", "data", "purchase"]) {
    const within = asFields(properties[place])
    const found = within && findOrderNumber(place === "order" ? { order_id: within.id, ...within } : within, eventName)
    if (found?.orderId !== undefined) return { orderId: found.orderId }
  }
  const orderId = Array.isArray(properties.line_items) ? idOf(properties.id) : undefined
  return orderId === undefined ? {} : { orderId }
}

/** The id by which a refund is told from another of the same order. */
export function findRefundId(properties: Properties, eventName: string): string | number | undefined {
  if (meaningOf(eventName).order !== "refunded") return undefined
  const named = idOf(properties.refundId) ?? idOf(properties.refund_id) ?? idOf(properties.refundID)
  return named ?? (Array.isArray(properties.refund_line_items) ? idOf(properties.id) : undefined)
}

const nameByStatus: Readonly<Record<string, EventName>> = {
  ...Object.fromEntries(["cancelled", "canceled", "voided", "void"].map((word) => [word, "Order Cancelled"])),
  ...Object.fromEntries(["refunded", "fully_refunded", "returned"].map((word) => [word, "Order Refunded"])),
  ...Object.fromEntries(
    ["failed", "payment_failed", "failure", "declined", "payment_declined", "payment_error", "expired"].map((word) => [
      word,
      "Payment Failed",
    ]),
  ),
  ...Object.fromEntries(
    ["completed", "complete", "paid", "processing", "confirmed"].map((word) => [word, "Order Completed"]),
  ),
}

/** Returns the event that an order's status stands for; `undefined` for a status that is not understood or says nothing yet. */
function eventOfStatus(status: unknown): EventName | undefined {
  if (typeof status !== "string") return undefined
  const word = status
    .trim()
    .toLowerCase()
    .replace(/^wc-/, "")
    .replace(/[\s-]+/g, "_")
  return Object.hasOwn(nameByStatus, word) ? nameByStatus[word] : undefined
}

const statusNames = ["status", "order_status", "orderStatus", "financial_status", "payment_status"] as const

/** The event of an order once its status is read: an order that was cancelled, refunded or not paid is no purchase, whatever its event is called. */
export function nameByOrderStatus(name: string, properties: Properties): string {
  const { order } = meaningOf(name)
  if (order !== "placed" && order !== "updated") return name
  if (idOf(properties.cancelled_at) ?? idOf(properties.canceled_at)) return "Order Cancelled"
  const said = statusNames.map((status) => eventOfStatus(properties[status]))
  return (
    (["Order Cancelled", "Order Refunded", "Payment Failed"] as const).find((one) => said.includes(one)) ??
    (order === "updated" && said.includes("Order Completed") ? "Order Completed" : name)
  )
}

function idOf(value: unknown): string | number | undefined {
  if (typeof value === "number") return value
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined
}
