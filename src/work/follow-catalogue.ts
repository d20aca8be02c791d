import { type Catalogue, emptyCatalogue, noInterest } from "../core/catalogue/catalogue.ts"
import type { Item } from "../core/catalogue/item.ts"
import type { Offer } from "../core/catalogue/offer.ts"
import type { Change, ChangesCursor } from "../store/catalogue/documents.ts"
import type { Store } from "../store/store.ts"
import { type Follower, follow, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

export interface FollowedCatalogue extends Follower {
  current(): Catalogue
  asOf(): number
}

interface Tools extends LoopTools {
  store: Pick<Store, "items" | "offers">
  clock: () => number
  /** Shares of interest by item while there is no release. */
  interest?: { current(): ReadonlyMap<string, number> }
}

/** Reads the whole catalogue once, then swaps in a new one whenever items or offers changed, less than a second late. */
export async function followCatalogue(tools: Tools, { pauseMs = 500 }: Pace = {}): Promise<FollowedCatalogue> {
  const { store, clock, interest = { current: () => noInterest } } = tools
  let catalogue = emptyCatalogue
  let asOf = 0
  let itemsRead: ChangesCursor | null = null
  let offersRead: ChangesCursor | null = null
  const follower = await follow(tools, { name: "follow-catalogue", pauseMs }, async () => {
    const startedAt = clock()
    const [items, offers] = await Promise.all([
      store.items.changedSince(itemsRead),
      store.offers.changedSince(offersRead),
    ])
    itemsRead = items.cursor
    offersRead = offers.cursor
    catalogue = applyChanges(catalogue, items.changes, offers.changes)
    asOf = startedAt
  })
  const current = () => {
    const known = interest.current()
    if ((catalogue.interest ?? noInterest) !== known) catalogue = { ...catalogue, interest: known }
    return catalogue
  }
  return { ...follower, current, asOf: () => asOf }
}

/** The same object when nothing truly changed, so that what was derived from it stays valid. */
function applyChanges(
  catalogue: Catalogue,
  itemChanges: readonly Change<Item>[],
  offerChanges: readonly Change<Offer>[],
): Catalogue {
  const items = applied(catalogue.items, itemChanges)
  const offers = applied(catalogue.offers, offerChanges)
  if (items === catalogue.items && offers === catalogue.offers) return catalogue
  return { ...catalogue, version: catalogue.version + 1, items, offers }
}

function applied<T>(known: ReadonlyMap<string, T>, changes: readonly Change<T>[]): ReadonlyMap<string, T> {
  const real = changes.filter(({ id, value }) =>
    value === null ? known.has(id) : JSON.stringify(known.get(id)) !== JSON.stringify(value),
  )
  if (real.length === 0) return known
  const next = new Map(known)
  for (const { id, value } of real) {
    if (value === null) next.delete(id)
    else next.set(id, value)
  }
  return next
}
