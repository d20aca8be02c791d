import type { Actor } from "../../core/access/actor.ts"
import type { Item } from "../../core/catalogue/item.ts"
import { interactionKind } from "../../core/history/event-table.ts"
import type { ItemStore } from "../../store/catalogue/items.ts"
import type { Line } from "./line.ts"

const itemsPerWrite = 1000

interface SeenItem {
  item: Item
  pricedAt: number
}

/** Gathers the items a file mentions, each with the last price it was sold at. */
export class SeenItems {
  readonly #items = new Map<string, SeenItem>()

  add({ item: seen, at, price, eventName }: Line): void {
    if (seen === undefined || !seen.isGoods) return
    const known = this.#items.get(seen.id)
    const hasNewerPrice =
      price !== undefined && interactionKind(eventName) !== "return" && at >= (known?.pricedAt ?? -Infinity)
    if (known !== undefined && !hasNewerPrice) return
    const item: Item = {
      id: seen.id,
      title: seen.title.slice(0, 500),
      ...(seen.category !== undefined && { category: [seen.category.slice(0, 200)] }),
      ...(hasNewerPrice ? { price } : {}),
    }
    this.#items.set(seen.id, { item, pricedAt: hasNewerPrice ? at : -Infinity })
  }

  /** Puts those that the catalogue never had into it; one that it has, or had and deleted, stays as the shop left it. */
  async addMissing(store: ItemStore, actor: Actor): Promise<{ made: number; known: number }> {
    const { changes } = await store.changedSince(null)
    const existing = new Set(changes.map(({ id }) => id))
    const missing = [...this.#items.values()].map(({ item }) => item).filter(({ id }) => !existing.has(id))
    for (let start = 0; start < missing.length; start += itemsPerWrite) {
      await store.upsert(missing.slice(start, start + itemsPerWrite), actor)
    }
    return { made: missing.length, known: this.#items.size - missing.length }
  }
}
