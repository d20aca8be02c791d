import { type CheckedValue, checkEach, type ValueCheck } from "../schema/check-each.ts"
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

interface Check<T> extends ValueCheck<T> {
  warningsOf?: (document: T) => string[]
}

/**
 * Looks at each document by itself, read by default without what is `null`; throws `invalidRequest` when none is good. A step a
 * document.
 */
export function* checkDocuments<T extends { id: string }>(
  list: string,
  values: readonly unknown[],
  { warningsOf = () => [], read = withoutNulls, ...check }: Check<T>,
): CooperativeTask<CheckedDocuments<T>> {
  const checked = yield* checkEach(list, values, { ...check, read })
  const resultOf = (result: CheckedValue<T>, n: number): CheckedDocument => {
    if ("errors" in result) return { id: idOf(values[n]), errors: result.errors }
    const warnings = warningsOf(result.good)
    return { id: result.good.id, ...(warnings.length > 0 && { warnings }) }
  }
  return { good: checked.flatMap((result) => ("good" in result ? [result.good] : [])), results: checked.map(resultOf) }
}

function idOf(value: unknown): string | null {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : null
  return typeof id === "string" && unstorableText(id, "").length === 0 ? id.slice(0, 200) : null
}
