import type { Actor } from "../../core/access/actor.ts"
import type { Item } from "../../core/catalogue/item.ts"
import type { ItemPatch } from "../../core/catalogue/item-patch.ts"
import type { Database } from "../database/database.ts"
import { items } from "../database/schema.ts"
import { type DocumentStore, readDocuments } from "./documents.ts"
import { type ItemWrite, writeItems } from "./write-items.ts"

export interface ItemStore extends DocumentStore<Item> {
  /** The same as `upsert`, and says of each item what came of it. */
  replace(items: readonly Item[], actor: Actor): Promise<ItemWrite[]>
  /** Writes of each field that a patch names what was stated last, and says of each patch what came of it. */
  patch(patches: readonly ItemPatch[], actor: Actor): Promise<ItemWrite[]>
}

export function createItemStore(database: Database): ItemStore {
  const replace = (values: readonly Item[], actor: Actor) => {
    const statements = values.map(({ id, ...document }) => ({
      id,
      at: document.updatedAt,
      isWhole: true,
      document,
    }))
    return writeItems(database, statements, actor, "items.upsert")
  }
  return {
    ...readDocuments<Item>(database, {
      table: items,
      id: items.id,
      document: items.item,
      updatedAt: items.updatedAt,
      deletedAt: items.deletedAt,
      audit: { kind: "item", delete: "items.delete" },
    }),
    replace,
    async upsert(values, actor) {
      const writes = await replace(values, actor)
      return new Set(writes.flatMap(({ status }, place) => (status === "written" ? [place] : [])))
    },
    patch(patches, actor) {
      const statements = patches.map(({ id, at, patch }) => ({ id, at, isWhole: false, document: patch }))
      return writeItems(database, statements, actor, "items.patch")
    },
  }
}
