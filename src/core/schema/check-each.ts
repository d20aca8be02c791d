import type { z } from "zod"
import { pointedErrors } from "../problem/field-errors.ts"
import { ApiError, type FieldError } from "../problem/problem.ts"
import { depthFaults } from "./json-depth.ts"
import { unstorableText } from "./storable-text.ts"

/** One value of a list as it was read, or what is wrong with it. */
export type CheckedValue<T> = { good: T } | { errors: FieldError[] }

export interface ValueCheck<T> {
  schema: z.ZodType<T>
  /** Returns what is read of a value that was sent; by default all of it. */
  read?: (value: unknown) => unknown
  faultsOf?: (value: T, pointer: string) => FieldError[]
}

/** Faults that a message names; `errors` has them all. */
const mostNamed = 20

/** Looks at each value by itself, so that a bad one does not lose the good ones; throws `invalidRequest` when none is good. A step a value. */
export function* checkEach<T>(
  list: string,
  values: readonly unknown[],
  { schema, read = (value) => value, faultsOf = () => [] }: ValueCheck<T>,
): Generator<undefined, CheckedValue<T>[]> {
  const check = (value: unknown, at: string): CheckedValue<T> => {
    const tooDeep = depthFaults(value, at)
    if (tooDeep.length > 0) return { errors: tooDeep }
    const parsed = schema.safeParse(read(value))
    if (!parsed.success) return { errors: pointedErrors(parsed.error.issues, at) }
    const errors = [...unstorableText(parsed.data, at), ...faultsOf(parsed.data, at)]
    return errors.length > 0 ? { errors } : { good: parsed.data }
  }
  const results: CheckedValue<T>[] = []
  for (const [n, value] of values.entries()) {
    yield
    results.push(check(value, `/${list}/${n}`))
  }
  if (results.some((result) => "good" in result)) return results
  throw noneGood(results.flatMap((result) => ("errors" in result ? result.errors : [])))
}

/** Returns the refusal of a list in which no value is good. */
export function noneGood(errors: FieldError[]): ApiError {
  const where = errors.slice(0, mostNamed).map(({ pointer }) => pointer)
  return new ApiError("invalidRequest", `correct ${where.join(", ")}; /docs shows the shape`, { errors })
}
