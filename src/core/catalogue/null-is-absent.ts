import { z } from "zod"

/** The same JSON without the fields that are `null`, at any depth; elements of lists stay. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== "object" || value === null) return value
  const present = Object.entries(value).filter(([, part]) => part !== null)
  return Object.fromEntries(present.map(([key, part]) => [key, withoutNulls(part)]))
}

/** Returns the schema of a document as it is sent: each field that may be left out may be `null` too. */
export const sentSchema = (id: string, schema: z.ZodObject): z.ZodObject => {
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const type = field as z.ZodType
    return [name, type.safeParse(undefined).success ? mayBeNull(type) : type] as const
  })
  return z
    .strictObject(Object.fromEntries(fields))
    .meta({ id, description: "A field that is `null` counts as left out, at any depth." })
}

/** Returns an optional field's schema that takes `null` too, without the default of an object: generators of clients fail at one. */
function mayBeNull(field: z.ZodType): z.ZodType {
  const hasObject = field instanceof z.ZodDefault && typeof field.def.defaultValue === "object"
  if (!hasObject) return field.nullable().optional()
  const bare = field.unwrap() as z.ZodType
  return bare
    .nullable()
    .optional()
    .meta({ ...field.meta() })
}
