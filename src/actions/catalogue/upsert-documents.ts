import type { Actor } from "../../core/access/actor.ts"
import type { UpsertAnswer } from "../../core/catalogue/catalogue-schema.ts"
import type { CheckedDocuments } from "../../core/catalogue/check-documents.ts"
import type { DocumentStore } from "../../store/catalogue/documents.ts"

/** Writes the good documents, and says of each that was sent whether it was, or something newer is known. */
export async function upsertDocuments<T extends { id: string; updatedAt?: string | undefined }>(
  store: DocumentStore<T>,
  { good, results }: CheckedDocuments<T>,
  actor: Actor,
): Promise<UpsertAnswer> {
  const written = await store.upsert(good, actor)
  let place = 0
  const told = results.map((result) => {
    if (result.status !== "upserted" || written.has(place++)) return result
    return { ...result, status: "superseded" as const }
  })
  return { upserted: written.size, results: told }
}
