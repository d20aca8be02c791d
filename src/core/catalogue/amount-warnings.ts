import type { Catalogue } from "./catalogue.ts"
import type { Item } from "./item.ts"

const known = new WeakMap<Catalogue["items"], number>()

/** Returns the highest price or margin of a catalogue, whatever its currency; 0 without any. */
function highestPriceOf(items: Catalogue["items"]): number {
  const found = known.get(items)
  if (found !== undefined) return found
  let highest = 0
  for (const { price = 0, margin = 0 } of items.values()) highest = Math.max(highest, price, margin)
  known.set(items, highest)
  return highest
}

const timesHighest = 100

/** Returns a warning for each amount of a document that is beyond all orders of magnitude of the catalogue. */
export function magnitudeWarnings(
  amounts: Readonly<
    Partial<Record<"value" | "valueOrganic" | "cost" | keyof Pick<Item, "price" | "margin">, number | undefined>>
  >,
  items: Catalogue["items"],
): string[] {
  const highest = highestPriceOf(items)
  if (highest === 0) return []
  return Object.entries(amounts).flatMap(([name, amount]) =>
    amount !== undefined && Math.abs(amount) > timesHighest * highest
      ? [
          `\`${name}\` ${amount} is more than ${timesHighest} times the highest price of the catalogue, ${highest}; check the unit`,
        ]
      : [],
  )
}
