import type { CheckedDocument } from "../../core/catalogue/check-documents.ts"

/** Returns the result of each document that was sent: `rejected` with its faults, or what came of it by its place among the good ones. */
export function answerEach<R extends { status: string }>(
  checked: readonly CheckedDocument[],
  resultOf: (place: number, sent: number) => R,
): (CheckedDocument & (R | { status: "rejected" }))[] {
  let place = 0
  return checked.map((result, sent) =>
    result.errors === undefined
      ? { ...result, ...resultOf(place++, sent) }
      : { ...result, status: "rejected" as const },
  )
}
