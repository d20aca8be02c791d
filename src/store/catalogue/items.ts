import { sql } from "drizzle-orm"
import type { Item } from "../../core/catalogue/item.ts"
import type { Database } from "../database/database.ts"
import { items } from "../database/schema.ts"
import { createDocumentStore, type DocumentStore, type WrittenDocument } from "./documents.ts"

export type ItemStore = DocumentStore<Item>

const maxNamedItems = 100

export const createItemStore = (database: Database): ItemStore =>
  createDocumentStore<Item>(database, {
    table: items,
    id: items.id,
    document: items.item,
    updatedAt: items.updatedAt,
    deletedAt: items.deletedAt,
    audit: {
      kind: "item",
      upsert: "items.upsert",
      delete: "items.delete",
      formerState: sql`null::jsonb`,
      changesOf: countedItems,
    },
  })

/** Returns one change for all items of a write, by count, with the ids of the first. */
function countedItems(written: readonly WrittenDocument[]) {
  const ids = written.map(({ id }) => id)
  const created = written.filter(({ change }) => change === "created").length
  const after = { created, replaced: written.length - created, ids: ids.slice(0, maxNamedItems) }
  return [{ subject: { kind: "item" as const, id: ids.length === 1 ? ids[0]! : null }, before: null, after }]
}
