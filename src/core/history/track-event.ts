import { readEventName } from "./event-name.ts"
import { meaningOf } from "./event-table.ts"
import { findOrderNumber, findRefundId, nameByOrderStatus } from "./order-facts.ts"
import { type Note, type ReadLines, readProductLines } from "./product-lines.ts"
import { findProducts, idOf } from "./product-shapes.ts"

type Properties = Readonly<Record<string, unknown>>

/** A tracked event in our vocabulary: its canonical name, and its properties with the order's number as `orderId`. */
export interface TrackedEvent extends Omit<ReadLines, "from"> {
  name: string
  givenName?: string
  properties: Record<string, unknown>
}

const noProduct =
  'no product id was found, so it teaches nothing of an item; send products as [{"product_id": "…", "quantity": 1, "price": 9.9}]'

/** Reads an event as trackers name and shape it; what of it was not understood is noted, and only what cannot be true is a fault. */
export function readTrackedEvent(givenName: string, given: Properties): TrackedEvent | { fault: string } {
  const hasProduct = findProducts(given).products.length > 0 || hasOwnProduct(given)
  const { orderId } = findOrderNumber(given, "Order Completed")
  const { name: read, understood } = readEventName(givenName, { hasProduct, hasOrder: orderId !== undefined })
  const name = nameByOrderStatus(read, given)
  const lines = readProductLines(given, name)
  if ("fault" in lines) return lines
  const { from, ...products } = lines
  return {
    ...products,
    name,
    ...(name !== givenName && { givenName }),
    properties: propertiesOf(given, name, from),
    notes: [...(understood ? [] : [unknownName(givenName)]), ...missing(name, products, orderId), ...products.notes],
  }
}

/** True if its own properties name a product; a plain `id` may be that of anything, such as of a button that was clicked. */
const hasOwnProduct = ({ id: _, ...properties }: Properties): boolean => idOf({ fields: properties }) !== undefined

const unknownName = (name: string): Note => ({
  about: "name",
  text: `the event name ${JSON.stringify(name.slice(0, 100))} is not understood: the event is kept and teaches nothing`,
})

/** A note that an event is about products but names none; one that takes a whole order back needs none. */
function missing(name: string, { lines, returned }: Pick<ReadLines, "lines" | "returned">, orderId: unknown): Note[] {
  const { interaction } = meaningOf(name)
  if (interaction === undefined || lines.length > 0 || returned.length > 0) return []
  return interaction === "return" && orderId !== undefined ? [] : [{ about: "product", text: noProduct }]
}

function propertiesOf(given: Properties, name: string, productsFrom: string | undefined): Record<string, unknown> {
  const order = findOrderNumber(given, name)
  const refundId = findRefundId(given, name)
  const gone = new Set([productsFrom, order.from])
  return {
    ...Object.fromEntries(Object.entries(given).filter(([property]) => !gone.has(property))),
    ...(order.orderId !== undefined && { orderId: order.orderId }),
    ...(refundId !== undefined && { refundId }),
  }
}
