import type { z } from "zod"

/**
 * Returns the schema of an object that may be `null` and has a default. The default stays out of the JSON schema, because generators of
 * clients drop an operation that has one there; state it in the description.
 */
export const nullableObject = <T extends z.ZodObject>(schema: T, byDefault: z.output<T>) =>
  schema.nullish().transform((given) => (given === undefined ? byDefault : given))
