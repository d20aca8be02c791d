import { z } from "zod"
import { boundedRecord, plainNumber } from "../schema/bounded-record.ts"
import { constraint } from "../schema/constraint.ts"
import type { Item } from "./item.ts"

const anyOf = z.array(z.string().min(1).max(200)).min(1).max(50)

const rangeSchema = z
  .strictObject({ min: plainNumber.optional(), max: plainNumber.optional() })
  .refine(({ min, max }) => (min ?? Number.NEGATIVE_INFINITY) <= (max ?? Number.POSITIVE_INFINITY), {
    message: "min must not be above max",
  })
  .meta({
    ...constraint("`min` is not above `max`."),
    id: "Range",
    description: "Numbers from `min` to `max`, both included; without one there is no such bound.",
    example: { min: 5, max: 20 },
  })

type Range = z.infer<typeof rangeSchema>

const conditions = {
  category: anyOf.optional(),
  brand: anyOf.optional(),
  price: rangeSchema.optional(),
  attributes: boundedRecord(
    z.string().max(100),
    z.union([
      z
        .array(z.union([z.string().max(500), plainNumber, z.boolean()]))
        .min(1)
        .max(50),
      rangeSchema,
    ]),
    100,
  ).optional(),
}

const conditionsSchema = z.strictObject(conditions).meta({ id: "ItemConditions", example: { brand: ["Acme"] } })

/** Filter of the items that may answer: any of the values within a field, all fields together, none that `not` names. */
export const itemFilterSchema = z
  .strictObject({
    ...conditions,
    not: conditionsSchema.optional().meta({ description: "Leaves out items that meet any of these conditions." }),
  })
  .meta({ id: "ItemFilter", example: { category: ["skin"], price: { max: 20 }, not: { brand: ["Acme"] } } })

type Conditions = z.infer<typeof conditionsSchema>
export type ItemFilter = z.infer<typeof itemFilterSchema>

/** True if an item meets every condition of a filter, and none that `not` names. */
export function matchesFilter(item: Item, { not, ...conditions }: ItemFilter): boolean {
  return met(item, conditions).every((one) => one) && !(not !== undefined && met(item, not).some((one) => one))
}

/** Returns, for each condition that is named, whether the item meets it. */
function met(item: Item, { category, brand, price, attributes = {} }: Conditions): boolean[] {
  return [
    ...(category ? [item.category?.some((name) => category.includes(name)) === true] : []),
    ...(brand ? [item.brand !== undefined && brand.includes(item.brand)] : []),
    ...(price ? [isWithin(item.price, price)] : []),
    ...Object.entries(attributes).map(([name, wanted]) => hasAttribute(item, name, wanted)),
  ]
}

function hasAttribute(
  { attributes }: Item,
  name: string,
  wanted: NonNullable<Conditions["attributes"]>[string],
): boolean {
  const value = attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (value === undefined) return false
  if (!Array.isArray(wanted)) return isWithin(value, wanted)
  return Array.isArray(value) ? value.some((one) => wanted.includes(one)) : wanted.includes(value)
}

const isWithin = (value: unknown, { min, max }: Range): boolean =>
  typeof value === "number" && (min === undefined || value >= min) && (max === undefined || value <= max)

/** True if two filters let the same items answer, whatever the order they are written in. */
export const isSameFilter = ({ not: oneNot, ...one }: ItemFilter = {}, { not, ...other }: ItemFilter = {}): boolean =>
  canonical(one) === canonical(other) && canonical(oneNot ?? {}) === canonical(not ?? {})

function canonical({ category, brand, price, attributes }: Conditions): string {
  const sorted = (values: readonly (string | number | boolean)[] | Range | undefined) =>
    Array.isArray(values)
      ? [...new Set(values.map((value) => JSON.stringify(value)))].sort()
      : values && [(values as Range).min, (values as Range).max]
  const ofAttributes = Object.entries(attributes ?? {}).map(([name, values]) => [name, sorted(values)] as const)
  return JSON.stringify([
    sorted(category),
    sorted(brand),
    sorted(price),
    ofAttributes.sort(([a], [b]) => (a < b ? -1 : 1)),
  ])
}
