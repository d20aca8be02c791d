import { type ItemIndex, itemIndex } from "../../src/core/artifact/item-index.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import { attributesOfItem } from "../../src/core/catalogue/item-attributes.ts"
import type { History } from "../../src/core/history/history.ts"
import { type ItemAttributes, itemAttributes } from "./item-attributes.ts"

/** The past that a fit may see. */
export interface Past {
  histories: readonly History[]
  items: ItemIndex
  attributes: ItemAttributes
  /** Milliseconds since the epoch; nothing from here on is known. */
  untilMs: number
}

/** The items that anybody did anything with, and those of a catalogue; a model has a row for each. */
export function pastOf(histories: readonly History[], untilMs: number, catalogue: readonly Item[] = []): Past {
  const known = new Map(catalogue.map((item) => [item.id, item]))
  const ids = new Set(known.keys())
  for (const { items } of histories) for (const id in items) ids.add(id)
  const items = itemIndex(ids)
  const attributes = itemAttributes(items, (id) => {
    const item = known.get(id)
    return item ? attributesOfItem(item) : []
  })
  return { histories, items, attributes, untilMs }
}
