import type { z } from "zod"
import { pointedErrors } from "../problem/field-errors.ts"
import { ApiError, type FieldError } from "../problem/problem.ts"
import { depthFaults } from "../schema/json-depth.ts"
import { unstorableText } from "../schema/storable-text.ts"
import type { CooperativeTask } from "../time/cooperative-task.ts"
import type { UpsertResult } from "./catalogue-schema.ts"
import { withoutNulls } from "./null-is-absent.ts"

/** Findings on a document; it is good without errors. */
export type CheckedDocument = Pick<UpsertResult, "id" | "errors" | "warnings">

export interface CheckedDocuments<T> {
  good: T[]
  /** One for each document, in the order sent. */
  results: CheckedDocument[]
}

interface Check<T> {
  schema: z.ZodType<T>
  /** Returns what is read of a document that was sent; by default without what is `null`. */
  read?: (value: unknown) => unknown
  faultsOf?: (document: T, pointer: string) => FieldError[]
  warningsOf?: (document: T) => string[]
}

/** Looks at each document by itself, so that a bad one does not lose the good ones; throws `invalidRequest` when none is good. A step a document. */
export function* checkDocuments<T extends { id: string }>(
  list: string,
  values: readonly unknown[],
  { schema, read = withoutNulls, faultsOf = () => [], warningsOf = () => [] }: Check<T>,
): CooperativeTask<CheckedDocuments<T>> {
  const good: T[] = []
  const check = (value: unknown, n: number): CheckedDocument => {
    const at = `/${list}/${n}`
    const tooDeep = depthFaults(value, at)
    if (tooDeep.length > 0) return { id: idOf(value), errors: tooDeep }
    const parsed = schema.safeParse(read(value))
    const errors = parsed.success
      ? [...unstorableText(parsed.data, at), ...faultsOf(parsed.data, at)]
      : pointedErrors(parsed.error.issues, at)
    if (errors.length > 0 || !parsed.success) return { id: idOf(value), errors }
    good.push(parsed.data)
    const warnings = warningsOf(parsed.data)
    return { id: parsed.data.id, ...(warnings.length > 0 && { warnings }) }
  }
  const results: CheckedDocument[] = []
  for (const [n, value] of values.entries()) {
    yield
    results.push(check(value, n))
  }
  const errors = results.flatMap((result) => result.errors ?? [])
  if (good.length === 0) {
    const where = errors.slice(0, mostNamed).map(({ pointer }) => pointer)
    throw new ApiError("invalidRequest", `correct ${where.join(", ")}; /docs shows the shape`, { errors })
  }
  return { good, results }
}

/** Faults that a message names; `errors` has them all. */
const mostNamed = 20

function idOf(value: unknown): string | null {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : null
  return typeof id === "string" && unstorableText(id, "").length === 0 ? id.slice(0, 200) : null
}
