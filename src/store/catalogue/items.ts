import type { Item } from "../../core/catalogue/item.ts"
import type { Database } from "../database/database.ts"
import { items } from "../database/schema.ts"
import { createDocumentStore, type DocumentStore } from "./documents.ts"

export type ItemStore = DocumentStore<Item>

export const createItemStore = (database: Database): ItemStore =>
  createDocumentStore<Item>(database, {
    table: items,
    id: items.id,
    document: items.item,
    updatedAt: items.updatedAt,
    deletedAt: items.deletedAt,
  })
