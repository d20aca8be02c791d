import { greatestAmount } from "../schema/money.ts"
import { decimalMarkIn, readNumber } from "../schema/written-number.ts"
import type { ProductLine } from "./event.ts"
import { isEventName, meaningOf } from "./event-table.ts"
import { findProducts, idOf, type Product, priceOf, productsIn, quantityOf } from "./product-shapes.ts"

/** Below this a quantity is one of goods. */
export const maxQuantity = 1e9

/** Note on a part of an accepted event that was not understood, with the remedy. */
export interface Note {
  about: "name" | "product" | "price" | "quantity"
  text: string
}

/** The products of an event; those of an order with a negative quantity went back. */
export interface ReadLines {
  lines: ProductLine[]
  returned: ProductLine[]
  notes: Note[]
  /** The property that held them, where that was a list of its own. */
  from?: string
}

/**
 * Reads the products of an event, in whatever shape trackers and shops give them, else the one that its own properties describe.
 * A quantity that is no number, or a quantity or price that goods cannot have, is a fault of an event that counts.
 */
export function readProductLines(
  properties: Readonly<Record<string, unknown>>,
  eventName: string,
): ReadLines | { fault: string } {
  const rule = ruleOf(eventName)
  const found = isEventName(eventName)
    ? findProducts(properties)
    : { products: productsIn(properties.products), from: "products" }
  const read: ReadLines = { lines: [], returned: [], notes: [], ...(found.from && { from: found.from }) }
  for (const product of found.products.length > 0 ? found.products : [itself(properties, rule)]) {
    const itemId = idOf(product)
    if (itemId === undefined) continue
    const quantity = readQuantity(itemId, quantityOf(product), rule)
    const price = readPrice(itemId, priceOf(product), rule)
    if (typeof quantity === "string") return { fault: quantity }
    if (typeof price === "string") return { fault: price }
    if (price.note !== undefined) read.notes.push(price.note)
    const line = { itemId, quantity: Math.abs(quantity), ...(price.price !== undefined && { price: price.price }) }
    if (quantity === 0)
      read.notes.push({ about: "quantity", text: `product ${shown(itemId)} is left out: its quantity is 0` })
    else if (quantity < 0 && rule === "purchase") read.returned.push(line)
    else read.lines.push(line)
  }
  return read
}

/** Strictness in reading an event's products: only what is bought or sent back needs exact quantities. */
type Rule = "purchase" | "return" | "interest" | "none"

function ruleOf(eventName: string): Rule {
  const { interaction, order } = meaningOf(eventName)
  if (interaction === "purchase" || interaction === "return") return interaction
  if (interaction !== undefined) return "interest"
  return order === "updated" ? "return" : "none"
}

/** An event's own properties as a product; a plain `id` is a product's only where the event is about one. */
function itself(properties: Product["fields"], rule: Rule): Product {
  const { id, ...rest } = properties
  return { fields: rule === "interest" ? properties : rest }
}

function readQuantity(itemId: string, written: unknown, rule: Rule): number | string {
  const quantity = written === undefined ? 1 : numberOf(written)
  if (rule === "none") return Math.abs(quantity) < maxQuantity ? Math.abs(quantity) || 1 : 1
  const isCounted = rule !== "interest"
  if (!isCounted && !(Math.abs(quantity) >= maxQuantity)) return Math.abs(quantity) || 1
  if (Math.abs(quantity) < maxQuantity) return quantity
  return `the quantity of product ${shown(itemId)} must be a number below ${maxQuantity}, such as 2 or "2", not ${shown(written)}`
}

function readPrice(itemId: string, written: unknown, rule: Rule): { price?: number; note?: Note } | string {
  if (written === undefined) return {}
  const price = numberOf(written)
  if (price >= 0 && price <= greatestAmount) return { price }
  if (rule === "none") return {}
  if (!Number.isNaN(price))
    return `the price of product ${shown(itemId)} must be from 0 to ${greatestAmount}, such as 9.9 or "9.90", not ${shown(written)}`
  return {
    note: {
      about: "price",
      text: `the price ${shown(written)} of product ${shown(itemId)} is no number and is left out`,
    },
  }
}

/** A number as senders write it; a lone `12,50` can only have a decimal comma. */
const numberOf = (written: unknown): number =>
  readNumber(written, decimalMarkIn(written) === "comma" ? "comma" : "point")

const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 60)
