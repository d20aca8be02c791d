import type { Logger } from "pino"
import { type Catalogue, emptyCatalogue } from "../core/catalogue/catalogue.ts"
import type { Item } from "../core/catalogue/item.ts"
import type { Offer } from "../core/catalogue/offer.ts"
import type { Change } from "../store/catalogue/documents.ts"
import type { Store } from "../store/store.ts"
import { type Loop, repeat } from "./repeat.ts"

const pauseMs = 1000
/** A write becomes visible after its time stamp, when its transaction ends; so each reading looks back this far. */
const overlapMs = 10_000

export interface FollowedCatalogue extends Loop {
  current(): Catalogue
  asOf(): number
  /** Reads once, now; what was written before is in the catalogue after. */
  refresh(): Promise<void>
}

interface FollowCatalogueOptions {
  store: Pick<Store, "items" | "offers">
  clock: () => number
  log: Logger
}

/** Reads the whole catalogue once, then swaps in a new one whenever items or offers changed, at most about a second late. */
export async function followCatalogue({ store, clock, log }: FollowCatalogueOptions): Promise<FollowedCatalogue> {
  let catalogue = emptyCatalogue
  let asOf = 0
  let itemsSince: number | null = null
  let offersSince: number | null = null
  const read = async () => {
    const startedAt = clock()
    const [items, offers] = await Promise.all([
      store.items.changedSince(itemsSince),
      store.offers.changedSince(offersSince),
    ])
    itemsSince = items.asOf - overlapMs
    offersSince = offers.asOf - overlapMs
    catalogue = applyChanges(catalogue, items.changes, offers.changes)
    asOf = startedAt
  }
  let underWay = Promise.resolve()
  const refresh = () => {
    const turn = underWay.then(read)
    underWay = turn.catch(() => {})
    return turn
  }
  await refresh()
  const loop = repeat("follow-catalogue", pauseMs, log, refresh)
  return { current: () => catalogue, asOf: () => asOf, refresh, stop: loop.stop }
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
  return { version: catalogue.version + 1, items, offers }
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
