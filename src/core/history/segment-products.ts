import type { ProductLine } from "./event.ts"

/**
 * The products of an e-commerce v2 event: its `products`, else the one its own fields describe. One without an id is left out;
 * a quantity that is no positive number is one, a price that is no number is unknown.
 */
export function productLinesOf(properties: Readonly<Record<string, unknown>>): ProductLine[] {
  const products = Array.isArray(properties.products) ? properties.products : [properties]
  return products.flatMap((product) => lineOf(product) ?? [])
}

function lineOf(product: unknown): ProductLine | undefined {
  if (typeof product !== "object" || product === null) return undefined
  const { product_id, productId, sku, quantity, price } = product as Record<string, unknown>
  const itemId = [product_id, productId, sku].map(textOf).find((id) => id !== "")
  if (itemId === undefined) return undefined
  const count = numberOf(quantity)
  const money = numberOf(price)
  return {
    itemId,
    quantity: count !== undefined && count > 0 && count < 1e9 ? count : 1,
    ...(money !== undefined && { price: money }),
  }
}

const textOf = (value: unknown) =>
  typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : ""

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}
