import type { Actor } from "../../core/access/actor.ts"
import type { UpsertAnswer } from "../../core/catalogue/catalogue-schema.ts"
import type { CheckedDocuments } from "../../core/catalogue/check-documents.ts"
import type { DocumentStore } from "../../store/catalogue/documents.ts"
import { answerEach } from "./answer-each.ts"

/** Writes the good documents, and says of each that was sent whether it was, or something newer is known. */
export async function upsertDocuments<T extends { id: string; updatedAt?: string | undefined }>(
  store: DocumentStore<T>,
  { good, results }: CheckedDocuments<T>,
  actor: Actor,
): Promise<UpsertAnswer> {
  const written = await store.upsert(good, actor)
  return {
    upserted: written.size,
    results: answerEach(results, (place) => ({ status: written.has(place) ? "upserted" : "superseded" })),
  }
}
