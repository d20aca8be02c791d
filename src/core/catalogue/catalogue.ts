import type { Item } from "./item.ts"
import type { Offer } from "./offer.ts"

/** The shop's items and offers as one process holds them, at most two seconds old; replaced whole, never changed. */
export interface Catalogue {
  version: number
  items: ReadonlyMap<string, Item>
  offers: ReadonlyMap<string, Offer>
}

export const emptyCatalogue: Catalogue = { version: 0, items: new Map(), offers: new Map() }
