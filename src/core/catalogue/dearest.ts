import type { Catalogue } from "./catalogue.ts"
import type { Item } from "./item.ts"

const known = new WeakMap<Catalogue["items"], number>()

/** Returns the highest price or margin of a catalogue, whatever its currency; 0 without any. */
function dearestOf(items: Catalogue["items"]): number {
  const found = known.get(items)
  if (found !== undefined) return found
  let dearest = 0
  for (const { price = 0, margin = 0 } of items.values()) dearest = Math.max(dearest, price, margin)
  known.set(items, dearest)
  return dearest
}

const timesDearest = 100

/** Returns a warning for each amount of a document that is beyond all orders of magnitude of the catalogue. */
export function magnitudeWarnings(
  amounts: Readonly<
    Partial<Record<"value" | "valueOrganic" | "cost" | keyof Pick<Item, "price" | "margin">, number | undefined>>
  >,
  items: Catalogue["items"],
): string[] {
  const dearest = dearestOf(items)
  if (dearest === 0) return []
  return Object.entries(amounts).flatMap(([name, amount]) =>
    amount !== undefined && Math.abs(amount) > timesDearest * dearest
      ? [
          `\`${name}\` ${amount} is more than ${timesDearest} times the dearest price of the catalogue, ${dearest}; check the unit`,
        ]
      : [],
  )
}
