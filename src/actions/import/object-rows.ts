import { segmentTypes } from "../../core/history/segment.ts"
import { isTooDeep, maxJsonDepth } from "../../core/schema/json-depth.ts"
import type { Row } from "./row-source.ts"

/** Fields in which objects list the parts of an order or event, each with a row of its own. */
const productLists = [
  "items",
  "products",
  "line_items",
  "lineItems",
  "order_items",
  "orderItems",
  "lines",
  "properties.products",
  "properties.items",
  "ecommerce.items",
]
const mostEntries = 10_000

type Values = Record<string, unknown>

const isObject = (value: unknown): value is Values =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Date)

/** Nested objects become dotted columns: `{ "properties": { "sku": 1 } }` has the column `properties.sku`. */
function flatten(value: object, prefix = ""): Values {
  const flat: Values = {}
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key
    if (isObject(inner)) Object.assign(flat, flatten(inner, `${name}.`))
    else if (key === "event_params" && Array.isArray(inner)) Object.assign(flat, parameters(inner, `${name}.`))
    else flat[name] = inner
  }
  return flat
}

/** The parameters of Google Analytics' export: a list of names with one value of several types. */
function parameters(list: readonly unknown[], prefix: string): Values {
  const flat: Values = {}
  for (const parameter of list.slice(0, 100)) {
    if (!isObject(parameter) || typeof parameter.key !== "string") continue
    const values = isObject(parameter.value) ? Object.values(parameter.value) : [parameter.value]
    flat[prefix + parameter.key] = values.find((value) => value !== null && value !== undefined)
  }
  return flat
}

/** A call of the Segment tracking API, as archives keep them. */
const isCall = ({ type, userId, anonymousId, messageId }: Values): boolean =>
  segmentTypes.some((known) => known === type) && [userId, anonymousId, messageId].some((id) => id != null)

/** An object as rows: one for each of its products, with the columns `items[].sku`; a tracking call stays whole. */
export function objectRows(value: unknown, line: number): Row[] {
  if (!isObject(value)) return [{ line, fault: "not a JSON object" }]
  if (isTooDeep(value)) return [{ line, fault: `nests more than ${maxJsonDepth} levels deep` }]
  if (isCall(value)) return [{ line, call: value }]
  const flat = flatten(value)
  const list = productLists.find((name) => Array.isArray(flat[name]) && flat[name].some(isObject))
  if (list === undefined) return [{ line, values: flat }]
  const { [list]: entries, ...whole } = flat
  return (entries as unknown[]).slice(0, mostEntries).map((entry) => ({
    line,
    values: isObject(entry) ? { ...whole, ...flatten(entry, `${list}[].`) } : whole,
  }))
}

/** The columns of rows: all that any of them has. */
export function columnsOf(rows: readonly Row[]): string[] {
  const columns = new Set<string>()
  for (const row of rows) if ("values" in row) for (const name of Object.keys(row.values)) columns.add(name)
  return [...columns]
}
