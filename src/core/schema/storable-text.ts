import { pointerStep } from "../problem/field-errors.ts"
import type { FieldError } from "../problem/problem.ts"

const isStorable = (text: string) => !text.includes("\0") && !/\p{Surrogate}/u.test(text)

/** Returns the pointers at which a JSON value holds text that PostgreSQL cannot store: NUL characters and unpaired surrogates. */
export function unstorableText(value: unknown, pointer: string): FieldError[] {
  if (typeof value === "string") return isStorable(value) ? [] : [{ pointer, message: "cannot be stored" }]
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => {
    const at = pointer + pointerStep(key)
    return isStorable(key) ? unstorableText(part, at) : [{ pointer: at, message: "a field's name cannot be stored" }]
  })
}
