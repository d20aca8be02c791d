import type { Item } from "./item.ts"

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
