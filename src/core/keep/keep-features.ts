import type { Catalogue } from "../catalogue/catalogue.ts"
import type { Item } from "../catalogue/item.ts"
import type { History, ItemHistory } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import { attributeSharesOf } from "../preference/attribute-shares.ts"
import { runScorers } from "../preference/score-items.ts"
import type { ScorerResults } from "../preference/scorer-results.ts"
import type { ScorerName } from "../preference/scorers.ts"
import type { TasteModels } from "../preference/taste-models.ts"
import { dayMs } from "../time/durations.ts"

export interface KeepQuery {
  history: History
  /** The customer's stored vector, only if it is of this release; `null`: fold the history now. */
  vector: Float32Array | null
  nowMs: number
}

/** Changes whenever a name, a meaning or the order does; a model is only used with features of its version. */
export const keepFeaturesVersion = "1"

/** The parts of a release that say whether an item is to somebody's taste. */
export const tasteScorers = [
  "factors",
  "coOccurrence",
  "content",
  "habit",
  "popularity",
] as const satisfies readonly ScorerName[]

/** Scores a customer by those scorers, with the best `depth` of each among the rows allowed (mask, 1 = yes); valid until the next question to the same release. */
export const scoreTaste = (
  question: KeepQuery,
  release: TasteModels,
  allowed: Uint8Array,
  depth: number,
): ScorerResults => runScorers(question, release, tasteScorers, allowed, depth)

export const keepFeatureNames = [
  "affinity",
  "together",
  "content",
  "habit",
  "popularity",
  "views",
  "carts",
  "purchases",
  "returned",
  "sinceItem",
  "categoryShare",
  "brandShare",
  "kindPurchases",
  "kindShare",
  "kindAge",
  "kindDue",
  "price",
  "paid",
  "relativePrice",
  "returnRate",
  "orders",
  "sinceOrder",
  "tenure",
  "interactions",
] as const

/**
 * Returns a function that computes the keep model's inputs, online and offline: taste by each part of the release, what was done with the item, with its
 * brand, with its kind (the last of its categories) and when that may be due, its price beside those paid, and how the customer orders and returns.
 * The values of one item, in the order of `keepFeatureNames`; what is asked of many items is computed once. `scored`: what
 * `scoreTaste` just said of this customer.
 */
export function keepFeaturesOf(
  { history, vector, nowMs }: KeepQuery,
  release: TasteModels,
  { items }: Pick<Catalogue, "items">,
  scored?: ScorerResults,
): (itemIds: readonly string[]) => Float32Array[] {
  const taste = attributeSharesOf(history, items)
  const past = pastOf(history, items, nowMs)
  const nobody = new Uint8Array(release.items.ids.length)
  return (itemIds) => {
    const { scores } = scored ?? scoreTaste({ history, vector, nowMs }, release, nobody, 0)
    return itemIds.map((itemId) => {
      const row = release.items.indexOf.get(itemId)
      const scoreOf = (part: (typeof tasteScorers)[number]) => (row === undefined ? 0 : scores[part].values[row]!)
      const popularity = row === undefined ? 0 : release.popularity.overall[row]! * release.items.ids.length
      const item = items.get(itemId)
      const own = Object.hasOwn(history.items, itemId) ? history.items[itemId] : undefined
      const kind = past.kinds.get(kindOf(item))
      const price = Math.log2(Math.max(0.01, item?.price ?? past.paid ?? 1))
      const paid = past.paid === null ? price : Math.log2(Math.max(0.01, past.paid))
      return Float32Array.of(
        scoreOf("factors"),
        Math.log1p(Math.max(0, scoreOf("coOccurrence"))),
        Math.log1p(Math.max(0, scoreOf("content"))),
        scoreOf("habit"),
        Math.log(popularity + 0.05),
        Math.log1p(own?.views ?? 0),
        Math.log1p(own?.carts ?? 0),
        Math.log1p(own === undefined ? 0 : netPurchases(own)),
        own !== undefined && own.returns > 0 ? 1 : 0,
        decay(own?.lastAt ?? null, nowMs, 30),
        item === undefined ? 0 : taste.categoryShare(item),
        item === undefined ? 0 : taste.brandShare(item),
        Math.log1p(kind?.purchases ?? 0),
        past.weight === 0 ? 0 : (kind?.weight ?? 0) / past.weight,
        kind === undefined || kind.lastBoughtAt === null ? 0 : decay(kind.lastBoughtAt, nowMs, 60),
        kind === undefined ? 0 : dueness(kind, nowMs),
        price,
        paid,
        price - paid,
        (past.returns + 1) / (past.quantity + 8),
        Math.log1p(history.orders),
        decay(history.lastOrderAt, nowMs, 60),
        Math.log1p(history.firstAt === null ? 0 : Math.max(0, nowMs - history.firstAt) / dayMs),
        Math.log1p(past.interactions),
      )
    })
  }
}

interface Kind {
  purchases: number
  weight: number
  firstBoughtAt: number | null
  lastBoughtAt: number | null
}

interface Past {
  kinds: ReadonlyMap<string, Kind>
  weight: number
  /** The mean price of what was bought, or of what was looked at; `null` for neither. */
  paid: number | null
  quantity: number
  returns: number
  interactions: number
}

const kindOf = (item: Item | undefined): string => item?.category?.at(-1) ?? ""

function pastOf(history: History, items: Catalogue["items"], nowMs: number): Past {
  const kinds = new Map<string, Kind>()
  const sums = { weight: 0, bought: 0, paid: 0, seen: 0, price: 0, quantity: 0, returns: 0, interactions: 0 }
  for (const [itemId, own] of Object.entries(history.items)) {
    const item = items.get(itemId)
    const net = netPurchases(own)
    const weight = 0.3 * own.views + 0.6 * own.carts + net
    sums.quantity += own.quantity
    sums.returns += own.returns
    sums.interactions += own.views + own.carts + own.purchases
    if (item === undefined) continue
    sums.weight += weight
    if (item.price !== undefined) {
      sums.bought += net
      sums.paid += net * item.price
      sums.seen += own.views + own.carts
      sums.price += (own.views + own.carts) * item.price
    }
    addToKind(kinds, kindOf(item), own, weight, nowMs)
  }
  const paid = sums.bought > 0 ? sums.paid / sums.bought : sums.seen > 0 ? sums.price / sums.seen : null
  return { ...sums, kinds, paid }
}

function addToKind(kinds: Map<string, Kind>, name: string, own: ItemHistory, weight: number, nowMs: number): void {
  const kind = kinds.get(name) ?? { purchases: 0, weight: 0, firstBoughtAt: null, lastBoughtAt: null }
  const times = own.purchaseTimes.filter((at) => at <= nowMs)
  kinds.set(name, {
    purchases: kind.purchases + own.purchases,
    weight: kind.weight + weight,
    firstBoughtAt: times.length === 0 ? kind.firstBoughtAt : Math.min(times[0]!, kind.firstBoughtAt ?? times[0]!),
    lastBoughtAt: times.length === 0 ? kind.lastBoughtAt : Math.max(times.at(-1)!, kind.lastBoughtAt ?? 0),
  })
}

/** Returns time since the last purchase of the kind over its mean interval, at most 2; 0 for fewer than two purchases. */
function dueness({ purchases, firstBoughtAt, lastBoughtAt }: Kind, nowMs: number): number {
  if (purchases < 2 || firstBoughtAt === null || lastBoughtAt === null) return 0
  const gap = (lastBoughtAt - firstBoughtAt) / (purchases - 1)
  return gap <= 0 ? 0 : Math.min(2, (nowMs - lastBoughtAt) / gap)
}

/** 1 for just now, falling to 1/e after `days`; 0 for never. */
const decay = (at: number | null, nowMs: number, days: number) =>
  at === null ? 0 : Math.exp(-Math.max(0, nowMs - at) / (days * dayMs))
