import { type Catalogue, emptyCatalogue, noInterest } from "../core/catalogue/catalogue.ts"
import type { Item } from "../core/catalogue/item.ts"
import type { Offer } from "../core/catalogue/offer.ts"
import type { Change } from "../store/catalogue/documents.ts"
import type { Store } from "../store/store.ts"
import { type Follower, follow, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

/** A write becomes visible after its time stamp, when its transaction ends; so each reading looks back this far. */
const overlapMs = 10_000

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

/** Reads the whole catalogue once, then swaps in a new one whenever items or offers changed, at most about a second late. */
export async function followCatalogue(tools: Tools, { pauseMs = 1000 }: Pace = {}): Promise<FollowedCatalogue> {
  const { store, clock, interest = { current: () => noInterest } } = tools
  let catalogue = emptyCatalogue
  let asOf = 0
  let itemsSince: number | null = null
  let offersSince: number | null = null
  const follower = await follow(tools, { name: "follow-catalogue", pauseMs }, async () => {
    const startedAt = clock()
    const [items, offers] = await Promise.all([
      store.items.changedSince(itemsSince),
      store.offers.changedSince(offersSince),
    ])
    itemsSince = items.asOf - overlapMs
    offersSince = offers.asOf - overlapMs
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
