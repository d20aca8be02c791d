import type { ItemIndex } from "../../src/core/artifact/item-index.ts"

/** Attributes of items: row `i` has `attributes[offsets[i] … offsets[i + 1])`, numbers below `count`. */
export interface ItemAttributes {
  offsets: Int32Array
  attributes: Int32Array
  count: number
}

/** Numbers the attributes of each item that `attributesOf` names. */
export function itemAttributes(items: ItemIndex, attributesOf: (itemId: string) => Iterable<string>): ItemAttributes {
  const numbers = new Map<string, number>()
  const offsets = new Int32Array(items.ids.length + 1)
  const attributes: number[] = []
  items.ids.forEach((id, row) => {
    for (const name of new Set(attributesOf(id))) {
      const number = numbers.get(name) ?? numbers.size
      numbers.set(name, number)
      attributes.push(number)
    }
    offsets[row + 1] = attributes.length
  })
  return { offsets, attributes: Int32Array.from(attributes), count: numbers.size }
}
