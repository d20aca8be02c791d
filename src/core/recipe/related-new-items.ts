import type { Catalogue } from "../catalogue/catalogue.ts"
import { type KnownItems, type NewItems, newItemsOf } from "../preference/new-items.ts"

/** A row that stands for an item of a question. */
export interface Source {
  itemId: string
  row: number
  weight: number
}

/** Returns the items that nobody has touched yet, beside the known; `null` where the models do not tell which are known. */
export const relatedNewItems = (
  { items, popularity }: Pick<KnownItems, "items"> & Partial<KnownItems>,
  catalogue: Catalogue,
): NewItems | null => (popularity === undefined ? null : newItemsOf({ items, popularity }, catalogue))

/** Returns the rows of items and, for each new one, those nearest to it by content, with weights that sum to one. */
export function sourcesOf(
  items: readonly string[],
  indexOf: ReadonlyMap<string, number>,
  newItems: NewItems | null,
): Source[] {
  return [...new Set(items)].flatMap((itemId) => {
    const row = indexOf.get(itemId)
    const own = row === undefined ? [] : [{ itemId, row, weight: 1 }]
    const near = nearestTo(itemId, newItems)
    const total = near.reduce((sum, { cosine }) => sum + cosine, 0)
    return [...own, ...near.map((one) => ({ itemId, row: one.row, weight: one.cosine / total }))]
  })
}

/** Returns the known rows nearest to a new item by content, with their cosines; none for another item. */
export function nearestTo(itemId: string, newItems: NewItems | null): { row: number; cosine: number }[] {
  const number = newItems?.numberOf.get(itemId)
  if (!newItems || number === undefined) return []
  const { offsets, targets, weights } = newItems.toKnown
  const edges = Array.from({ length: offsets[number + 1]! - offsets[number]! }, (_, n) => offsets[number]! + n)
  return edges.map((edge) => ({ row: targets[edge]!, cosine: weights[edge]! }))
}
