import { z } from "zod"
import { boundedRecord, plainNumber } from "../schema/bounded-record.ts"
import type { Item } from "./item.ts"

const anyOf = z.array(z.string().min(1).max(200)).min(1).max(50)

/** Filter of the items that may answer: any of the values within a field, all fields together. */
export const itemFilterSchema = z
  .strictObject({
    category: anyOf.optional(),
    brand: anyOf.optional(),
    attributes: boundedRecord(
      z.string().max(100),
      z
        .array(z.union([z.string().max(500), plainNumber, z.boolean()]))
        .min(1)
        .max(50),
      100,
    ).optional(),
  })
  .meta({ id: "ItemFilter", example: { category: ["skin"] } })

export type ItemFilter = z.infer<typeof itemFilterSchema>

/** True if an item has any of the wanted values in every field the filter names. */
export function matchesFilter(item: Item, { category, brand, attributes = {} }: ItemFilter): boolean {
  if (category && !item.category?.some((name) => category.includes(name))) return false
  if (brand && (item.brand === undefined || !brand.includes(item.brand))) return false
  return Object.entries(attributes).every(([name, wanted]) => {
    const value =
      item.attributes !== undefined && Object.hasOwn(item.attributes, name) ? item.attributes[name] : undefined
    if (value === undefined) return false
    return Array.isArray(value) ? value.some((one) => wanted.includes(one)) : wanted.includes(value)
  })
}

/** True if two filters let the same items answer, whatever the order they are written in. */
export const isSameFilter = (one: ItemFilter = {}, other: ItemFilter = {}): boolean =>
  canonical(one) === canonical(other)

function canonical({ category, brand, attributes }: ItemFilter): string {
  const sorted = (values: readonly (string | number | boolean)[] | undefined) =>
    values && [...new Set(values.map((value) => JSON.stringify(value)))].sort()
  const ofAttributes = Object.entries(attributes ?? {}).map(([name, values]) => [name, sorted(values)] as const)
  return JSON.stringify([sorted(category), sorted(brand), ofAttributes.sort(([a], [b]) => (a < b ? -1 : 1))])
}
