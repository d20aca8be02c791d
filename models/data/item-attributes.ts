import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import type { Item } from "../../src/core/catalogue/item.ts"

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

/** Returns a catalogue item's attributes: category, brand, price band (half a doubling), attributes, and the words of its title. */
export function attributesOfItem({ title, category = [], brand, price, attributes = {} }: Item): string[] {
  const words = title.toLowerCase().match(/\p{L}{3,}/gu) ?? []
  return [
    ...category.map((name) => `category:${name}`),
    ...(brand === undefined ? [] : [`brand:${brand}`]),
    ...(price === undefined || !(price > 0 && price < Infinity) ? [] : [`price:${Math.round(2 * Math.log2(price))}`]),
    ...Object.entries(attributes).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value])
        .filter((one) => typeof one !== "number" || Number.isFinite(one))
        .map((one) => `${name}=${typeof one === "number" ? bandOf(one) : one}`),
    ),
    ...words.map((word) => `word:${word}`),
  ]
}

const bandOf = (value: number): string =>
  value === 0 ? "0" : `${Math.sign(value) * Math.round(2 * Math.log2(Math.abs(value)))}`
