import type { Item } from "../../src/core/catalogue/item.ts"
import type { Store } from "../../src/store/store.ts"

/** The items the shop has now. */
export async function loadCatalogue({ items }: Pick<Store, "items">): Promise<Item[]> {
  const { changes } = await items.changedSince(null)
  return changes.flatMap(({ value }) => value ?? [])
}
