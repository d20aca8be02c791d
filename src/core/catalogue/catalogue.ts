import type { Item } from "./item.ts"
import type { Offer } from "./offer.ts"

/** The shop's items and offers as one process holds them, as a rule less than a second old; replaced whole, never changed. */
export interface Catalogue {
  version: number
  items: ReadonlyMap<string, Item>
  offers: ReadonlyMap<string, Offer>
  /** Shares of recent interest by item id, until a release knows better; an item that nobody touched is not in it. */
  interest?: ReadonlyMap<string, number>
}

/** Interest in no item: nobody touched any, or a release knows better. */
export const noInterest: ReadonlyMap<string, number> = new Map()

export const emptyCatalogue: Catalogue = { version: 0, items: new Map(), offers: new Map() }
