import type { Actor } from "../../core/access/actor.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { pageOf } from "../../core/schema/page.ts"
import type { DocumentStore } from "../../store/catalogue/documents.ts"

/** One item or offer; throws `notFound`. */
export async function readDocument<T extends { id: string }>(store: DocumentStore<T>, id: string): Promise<T> {
  const found = await store.get(id)
  if (found === null) throw noDocument(id)
  return found
}

/** Deletes one item or offer; throws `notFound`. */
export async function deleteDocument<T extends { id: string }>(
  store: DocumentStore<T>,
  id: string,
  actor: Actor,
): Promise<void> {
  if (!(await store.remove(id, actor))) throw noDocument(id)
}

/** A page in order of id; `nextCursor` is `null` on the last. */
export async function listDocuments<T extends { id: string }>(
  store: DocumentStore<T>,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ page: T[]; nextCursor: string | null }> {
  const found = await store.list(cursor ?? null, limit + 1)
  return pageOf(found, limit, ({ id }) => id)
}

const noDocument = (id: string) =>
  new ApiError("notFound", `the catalogue has nothing with id ${id}; GET /v1/items or /v1/offers lists what it has`)
