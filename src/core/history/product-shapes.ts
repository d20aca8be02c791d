import { parseJson } from "../schema/parse-json.ts"

/** Something with a product's fields, and the id it stands under where it stands in a map. */
export interface Product {
  fields: Readonly<Record<string, unknown>>
  key?: string
}

type Fields = Readonly<Record<string, unknown>>

/** Fields in which trackers and shops list an event's products; the first that has any is read. */
const listNames = [
  ...["products", "items", "line_items", "lineItems", "refund_line_items", "contents", "content_ids", "order_items"],
  ...["orderItems", "cart_items", "cartItems", "basket"],
] as const
const singleNames = ["cartLine", "productVariant", "product", "item"] as const
/** Objects that may contain such lists. */
const placeNames = [
  ...["ecommerce", "checkout", "order", "cart", "data", "purchase", "detail", "add", "remove", "refund"],
] as const
/** One more than an event may have, so that too many are refused and not cut. */
const maxProducts = 10_001

/** The products of an event's properties, and the property that held them. */
export function findProducts(properties: Fields): { products: readonly Product[]; from?: string } {
  for (const name of [...listNames, ...singleNames]) {
    const products = productsIn(properties[name])
    if (products.length > 0) return { products, from: name }
  }
  for (const name of placeNames) {
    const place = asFields(properties[name])
    const { products } = place === undefined ? { products: [] } : findProducts(place)
    if (products.length > 0) return { products }
  }
  return { products: [] }
}

/** Whatever products were given as: a list of objects or ids, one object, a map by id, or any of these as JSON text. */
export function productsIn(value: unknown): Product[] {
  const given = typeof value === "string" && /^\s*[[{]/.test(value) ? parseJson(value) : value
  if (Array.isArray(given)) return given.slice(0, maxProducts).flatMap((entry) => productOf(entry) ?? [])
  const fields = asFields(given)
  if (fields === undefined) return []
  if (idOf({ fields }) !== undefined) return [{ fields }]
  return Object.entries(fields).flatMap(([key, entry]) => {
    const own = asFields(entry)
    return own === undefined || !isPriced(own) ? [] : [{ fields: own, key }]
  })
}

const isPriced = (fields: Fields) => quantityOf({ fields }) !== undefined || priceOf({ fields }) !== undefined

const productOf = (entry: unknown): Product | undefined => {
  if (typeof entry === "string" || typeof entry === "number") return { fields: { product_id: entry } }
  const fields = asFields(entry)
  return fields && { fields }
}

/** Names of a product's id, the surest first: in a shop's own lines a plain `id` is that of the line. */
const idNames = [
  ...[
    "product_id",
    "productId",
    "productID",
    "item_id",
    "itemId",
    "sku",
    "SKU",
    "sky",
    "article_id",
    "articleId",
    "asin",
  ],
  ...["content_id", "contentId", "variant_id", "variantId", "variation_id", "item", "product"],
] as const
const innerNames = ["product", "item", "line_item", "lineItem", "merchandise", "variant", "productVariant"] as const

/** The id of a product: its own, that of the product it holds, a plain `id`, or its key in a map. */
export function idOf({ fields, key }: Product): string | undefined {
  for (const name of idNames) {
    const id = textOf(fields[name])
    if (id !== undefined) return id
  }
  for (const name of innerNames) {
    const inner = asFields(fields[name])
    const id = inner && idOf({ fields: inner })
    if (id !== undefined) return id
  }
  return textOf(fields.id) ?? (key === undefined || /^\d{1,4}$/.test(key) ? undefined : key)
}

const quantityNames = ["quantity", "qty", "qty_ordered", "qty_refunded", "count", "units"] as const
const priceNames = ["price", "unit_price", "unitPrice", "item_price", "sale_price"] as const

export const quantityOf = ({ fields }: Product): unknown => firstOf(fields, quantityNames)

export function priceOf({ fields }: Product): unknown {
  const price = firstOf(fields, priceNames)
  return asFields(price)?.amount ?? price
}

function firstOf(fields: Fields, names: readonly string[]): unknown {
  const name = names.find((one) => Object.hasOwn(fields, one) && fields[one] !== null && fields[one] !== "")
  if (name !== undefined) return fields[name]
  const inner = innerNames.find((one) => asFields(fields[one]) !== undefined)
  return inner && firstOf(asFields(fields[inner])!, names)
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : ""
  return text === "" ? undefined : text
}

export const asFields = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
