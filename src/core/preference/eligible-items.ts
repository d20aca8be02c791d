import type { ItemIndex } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import { type Item, isAvailable } from "../catalogue/item.ts"
import { type ItemFilter, matchesFilter } from "../catalogue/item-filter.ts"
import type { History } from "../history/history.ts"
import { keptItems } from "../history/net-purchases.ts"
import type { Repeats } from "./scorers.ts"

/** Restrictions on an answer; views and carts never exclude an item, because they are not purchases. */
export interface Restrictions {
  nowMs: number
  filter?: ItemFilter
  exclude?: readonly string[]
  /** `excluded` leaves out what the customer bought and kept. */
  repeats: Repeats
  history: History
  /** Returns whether an item of the customer's history makes no sense for them now: sent back, on its way, not needed again. */
  isOut?: ((itemId: string) => boolean) | undefined
}

/** A catalogue seen through a release's rows. `mask` is 1 where a row is on sale at all times but those of `timed`. */
interface ShopView {
  itemByRow: readonly (Item | undefined)[]
  mask: Uint8Array
  timed: readonly number[]
  /** Items no row stands for, those of most interest first, then ascending by id. */
  unranked: readonly Item[]
  interest: Catalogue["interest"]
  filterMasks: Map<string, Uint8Array>
}

const maxFilterMasks = 32
const views = new WeakMap<ItemIndex, WeakMap<Catalogue["items"], ShopView>>()

/** Rows that may be answered, as a mask (1 = yes), fresh at every call. */
export function eligibleRows(items: ItemIndex, catalogue: Catalogue, restrictions: Restrictions): Uint8Array {
  const { nowMs, filter, exclude = [], repeats, history, isOut } = restrictions
  const view = viewOf(items, catalogue)
  const eligible = view.mask.slice()
  for (const row of view.timed) eligible[row] = isAvailable(view.itemByRow[row]!, nowMs) ? 1 : 0
  if (filter) {
    const matching = filterMask(view, filter)
    for (let row = 0; row < eligible.length; row++) eligible[row]! &= matching[row]!
  }
  const drop = (itemId: string) => {
    const row = items.indexOf.get(itemId)
    if (row !== undefined) eligible[row] = 0
  }
  exclude.forEach(drop)
  if (repeats === "excluded") keptItems(history).forEach(drop)
  if (isOut) itemsOut(history, isOut).forEach(drop)
  return eligible
}

/** Items the release does not know that may be answered, those of most interest first, then ascending by id. */
export function eligibleUnranked(items: ItemIndex, catalogue: Catalogue, restrictions: Restrictions): Item[] {
  return viewOf(items, catalogue).unranked.filter(isEligible(restrictions))
}

/** Returns a test of whether an item may be answered. */
export function isEligible(restrictions: Restrictions): (item: Item) => boolean {
  const { nowMs, filter, exclude = [], repeats, history, isOut } = restrictions
  const bought = repeats === "excluded" ? keptItems(history) : []
  const dropped = new Set([...exclude, ...bought, ...(isOut ? itemsOut(history, isOut) : [])])
  return (item) => isAvailable(item, nowMs) && !dropped.has(item.id) && (!filter || matchesFilter(item, filter))
}

/** Only what a history or a parcel tells of can be out. */
const itemsOut = ({ items, sends = {} }: History, isOut: (itemId: string) => boolean): string[] =>
  [...Object.keys(items), ...Object.keys(sends)].filter(isOut)

function viewOf(items: ItemIndex, catalogue: Catalogue): ShopView {
  const byCatalogue = views.get(items) ?? new WeakMap<Catalogue["items"], ShopView>()
  views.set(items, byCatalogue)
  const known = byCatalogue.get(catalogue.items)
  if (known && known.interest === catalogue.interest) return known
  const view = makeView(items, catalogue)
  byCatalogue.set(catalogue.items, view)
  return view
}

function makeView(items: ItemIndex, catalogue: Catalogue): ShopView {
  const itemByRow = items.ids.map((id) => catalogue.items.get(id))
  const timed: number[] = []
  const mask = Uint8Array.from(itemByRow, (item, row) => {
    if (!item || item.stock === 0) return 0
    if (item.validFrom !== undefined || item.validTo !== undefined) timed.push(row)
    return 1
  })
  const interestIn = ({ id }: Item) => catalogue.interest?.get(id) ?? 0
  const unranked = [...catalogue.items.values()].filter(({ id }) => !items.indexOf.has(id))
  return {
    itemByRow,
    mask,
    timed,
    unranked: unranked.sort((a, b) => interestIn(b) - interestIn(a) || (a.id < b.id ? -1 : 1)),
    interest: catalogue.interest,
    filterMasks: new Map(),
  }
}

function filterMask({ itemByRow, filterMasks }: ShopView, filter: ItemFilter): Uint8Array {
  const key = JSON.stringify(filter)
  const known = filterMasks.get(key)
  if (known) return known
  const mask = Uint8Array.from(itemByRow, (item) => (item && matchesFilter(item, filter) ? 1 : 0))
  if (filterMasks.size >= maxFilterMasks) filterMasks.delete(filterMasks.keys().next().value!)
  filterMasks.set(key, mask)
  return mask
}
