import type { Item } from "../catalogue/item.ts"
import type { History, ItemHistory } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import { foldVector } from "../preference/fold-vector.ts"
import type { TasteModels } from "../preference/taste-models.ts"
import { dayMs } from "../time/durations.ts"

/** Changes whenever a name, a meaning or the order of a feature does. */
export const choiceFeaturesVersion = "1"

const tasteFeatureNames = [
  "affinity",
  "lnAffinity",
  "lnPopularity",
  "categoryLift",
  "meanCategoryLift",
  "brandLift",
  "attributeLift",
  "bought",
  "boughtTimes",
  "boughtSince",
  "lnRebuyRate",
  "returned",
  "views",
  "carts",
  "touchedLately",
] as const
const priceFeatureNames = ["relativePrice", "relativelyDearer", "dearer", "cheaper", "beyondHighest"] as const

/** Features of an item for a customer: those of taste and need, then those of its price. */
export const choiceFeatureNames = [...tasteFeatureNames, ...priceFeatureNames] as const
export const priceFeaturesFrom = tasteFeatureNames.length

export interface ChoiceQuestion {
  history: History
  /** The customer's vector, only if it is of this release; `null`: fold the history now. */
  vector: Float32Array | null
  nowMs: number
}

/** Pseudo-counts, in purchases, by which a customer's shares and prices are drawn towards those of the shop. */
const shrinkage = 3
const weightOf = { view: 0.3, cart: 0.6, purchase: 1 }
const log1p = Math.log1p

/** Writer of a customer's features; what items share is computed once. */
export interface ChoiceFeatures {
  /** Returns what the features need to know of an item, whoever the customer is. */
  factsOf(itemId: string): ItemFacts
  /** Writes an item's `choiceFeatureNames` to `out` from `at` on. */
  write(facts: ItemFacts, out: Float64Array, at: number): void
}

/** Returns the writer of a customer's features of items. */
export function choiceFeatures(
  { history, vector, nowMs }: ChoiceQuestion,
  release: TasteModels,
  items: ReadonlyMap<string, Item>,
): ChoiceFeatures {
  const { factors, habit } = release
  const { kernel, rows, stride, dimensions } = factors
  const shop = shopFactsOf(release, items)
  const own = vector ?? foldVector(history, release)
  const all = kernel.arena.floats(rows, release.items.ids.length * stride)
  const interest = interestOf(history, shop)
  const prices = pricesOf(history, shop)
  const lifts = new Float64Array(shop.shares.length).fill(Number.NaN)
  const liftOf = (code: number) => {
    if (Number.isNaN(lifts[code])) {
      const share = shop.shares[code]!
      const own = interest.byCode[code]! + shrinkage * share
      lifts[code] = Math.log(own / ((interest.total + shrinkage) * share))
    }
    return lifts[code]!
  }
  const write: ChoiceFeatures["write"] = (facts, out, at) => {
    const { id, row, categories, brand, attributes, lnPrice, relativePrice } = facts
    const affinity = row === undefined ? 0 : product(all, row * stride, own, dimensions)
    let highest = Number.NEGATIVE_INFINITY
    let sum = 0
    for (let n = 0; n < categories.length; n++) {
      const lift = liftOf(categories[n]!)
      sum += lift
      if (lift > highest) highest = lift
    }
    out[at] = affinity
    out[at + 1] = Math.log(0.01 + Math.max(0, affinity))
    out[at + 2] = facts.lnPopularity
    out[at + 3] = categories.length === 0 ? 0 : highest
    out[at + 4] = categories.length === 0 ? 0 : sum / categories.length
    out[at + 5] = brand === undefined ? 0 : liftOf(brand)
    let attributeLift = 0
    for (let n = 0; n < attributes.length; n++) attributeLift += liftOf(attributes[n]!)
    out[at + 6] = attributeLift
    const past = Object.hasOwn(history.items, id) ? history.items[id] : undefined
    writeOwn(past, row === undefined ? 0 : habit.rebuyRate[row]!, nowMs, out, at + 7)
    const isPriced = !Number.isNaN(lnPrice)
    const difference = isPriced ? lnPrice - prices.usual : 0
    const price = at + priceFeaturesFrom
    out[price] = relativePrice
    out[price + 1] = isPriced ? Math.max(0, relativePrice - prices.usualRelative) : 0
    out[price + 2] = Math.max(0, difference)
    out[price + 3] = Math.max(0, -difference)
    out[price + 4] = isPriced ? Math.max(0, lnPrice - prices.highest) : 0
  }
  return { factsOf: shop.factsOf, write }
}

/** Returns the dot product of a row that starts at `from` and a vector. */
function product(rows: Float32Array, from: number, vector: Float32Array, dimensions: number): number {
  let sum = 0
  for (let n = 0; n < dimensions; n++) sum += rows[from + n]! * vector[n]!
  return sum
}

/** Writes what the customer did with the item, eight values. */
function writeOwn(
  past: ItemHistory | undefined,
  rebuyRate: number,
  nowMs: number,
  out: Float64Array,
  at: number,
): void {
  if (past === undefined) {
    for (let n = at; n < at + 8; n++) out[n] = 0
    return
  }
  const kept = netPurchases(past)
  const bought = past.purchases > 0
  const lastBought = past.purchaseTimes.at(-1) ?? past.lastAt
  out[at] = bought ? 1 : 0
  out[at + 1] = log1p(kept)
  out[at + 2] = bought ? log1p(Math.max(0, nowMs - lastBought) / dayMs) : 0
  out[at + 3] = bought ? Math.log(rebuyRate + 0.01) : 0
  out[at + 4] = past.returns > 0 ? 1 : 0
  out[at + 5] = log1p(past.views)
  out[at + 6] = log1p(past.carts)
  out[at + 7] = Math.exp(-Math.max(0, nowMs - past.lastAt) / (14 * dayMs))
}

interface Interest {
  byCode: Float64Array
  total: number
}

/** The customer's interactions by category, brand and attribute, purchases more than carts, carts more than views. */
function interestOf(history: History, shop: ShopFacts): Interest {
  const byCode = new Float64Array(shop.shares.length)
  let total = 0
  for (const itemId in history.items) {
    const { views, carts, purchases } = history.items[itemId]!
    const { codes } = shop.factsOf(itemId)
    if (codes.length === 0) continue
    const weight = weightOf.view * views + weightOf.cart * carts + weightOf.purchase * purchases
    total += weight
    for (const code of codes) byCode[code]! += weight
  }
  return { byCode, total }
}

interface Prices {
  /** Mean log price of what the customer bought, drawn towards the shop's; and the same within categories. */
  usual: number
  usualRelative: number
  /** Log price of the highest they paid, infinite without one. */
  highest: number
}

function pricesOf(history: History, shop: ShopFacts): Prices {
  let sum = shrinkage * shop.meanLnPrice
  let relative = 0
  let count = shrinkage
  let highest = Number.NEGATIVE_INFINITY
  for (const itemId in history.items) {
    const kept = netPurchases(history.items[itemId]!)
    const { lnPrice, relativePrice } = shop.factsOf(itemId)
    if (kept <= 0 || Number.isNaN(lnPrice)) continue
    sum += kept * lnPrice
    relative += kept * relativePrice
    count += kept
    highest = Math.max(highest, lnPrice)
  }
  return {
    usual: sum / count,
    usualRelative: relative / count,
    highest: highest === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : highest,
  }
}

export interface ItemFacts {
  id: string
  /** The release's row; `undefined`: it does not know the item. */
  row: number | undefined
  /** Codes of its categories, of its brand and of its attributes, and all of them. */
  categories: readonly number[]
  brand: number | undefined
  attributes: readonly number[]
  codes: readonly number[]
  /** NaN without a price above 0. */
  lnPrice: number
  /** Log price less the mean of the item's narrowest category. */
  relativePrice: number
  lnPopularity: number
}

/** A catalogue as the features see it. */
interface ShopFacts {
  factsOf(itemId: string): ItemFacts
  /** The share of all interest by code. */
  shares: readonly number[]
  meanLnPrice: number
}

const shops = new WeakMap<TasteModels, WeakMap<ReadonlyMap<string, Item>, ShopFacts>>()

function shopFactsOf(release: TasteModels, items: ReadonlyMap<string, Item>): ShopFacts {
  const byItems = shops.get(release) ?? new WeakMap<ReadonlyMap<string, Item>, ShopFacts>()
  shops.set(release, byItems)
  const known = byItems.get(items)
  if (known) return known
  const facts = makeShopFacts(release, items)
  byItems.set(items, facts)
  return facts
}

function makeShopFacts({ items: index, popularity }: TasteModels, items: ReadonlyMap<string, Item>): ShopFacts {
  const { overall } = popularity
  const floor = 0.1 / Math.max(1, overall.length)
  const shareOf = (id: string) => {
    const row = index.indexOf.get(id)
    return (row === undefined ? 0 : overall[row]!) + floor
  }
  const codes = createCodes()
  const prices = createMeans()
  let total = 0
  const coded = [...items.values()].map((item) => {
    const share = shareOf(item.id)
    const lnPrice = item.price === undefined || !(item.price > 0) ? Number.NaN : Math.log(item.price)
    const categories = [...new Set(item.category)].map((name) => codes.of(`category ${name}`, share))
    const brand = item.brand === undefined ? undefined : codes.of(`brand ${item.brand}`, share)
    const attributes = attributesOf(item).map((name) => codes.of(name, share))
    total += share
    if (!Number.isNaN(lnPrice)) for (const code of [-1, ...categories]) prices.add(code, lnPrice, share)
    return { id: item.id, share, lnPrice, categories, brand, attributes }
  })
  const facts = new Map<string, ItemFacts>()
  for (const { id, share, lnPrice, categories, brand, attributes } of coded) {
    const narrowest = categories.reduce(
      (best, code) => (codes.sums[code]! < codes.sums[best]! ? code : best),
      categories[0] ?? -1,
    )
    facts.set(id, {
      id,
      row: index.indexOf.get(id),
      categories,
      brand,
      attributes,
      codes: [...categories, ...(brand === undefined ? [] : [brand]), ...attributes],
      lnPrice,
      relativePrice: Number.isNaN(lnPrice) ? 0 : lnPrice - prices.of(narrowest),
      lnPopularity: Math.log(share),
    })
  }
  const unknown = { categories: [], brand: undefined, attributes: [], codes: [], lnPrice: Number.NaN, relativePrice: 0 }
  return {
    factsOf: (id) =>
      facts.get(id) ?? { ...unknown, id, row: index.indexOf.get(id), lnPopularity: Math.log(shareOf(id)) },
    shares: codes.sums.map((sum) => sum / total),
    meanLnPrice: prices.of(-1),
  }
}

/** Numbers names from 0 on and sums the shares of each. */
function createCodes() {
  const codes = new Map<string, number>()
  const sums: number[] = []
  return {
    sums,
    of(name: string, share: number): number {
      const code = codes.get(name) ?? codes.size
      codes.set(name, code)
      sums[code] = (sums[code] ?? 0) + share
      return code
    },
  }
}

function createMeans() {
  const sums = new Map<number, { sum: number; weight: number }>()
  return {
    add(code: number, value: number, weight: number) {
      const known = sums.get(code) ?? { sum: 0, weight: 0 }
      sums.set(code, { sum: known.sum + weight * value, weight: known.weight + weight })
    },
    of(code: number): number {
      const { sum, weight } = sums.get(code) ?? { sum: 0, weight: 0 }
      return weight === 0 ? 0 : sum / weight
    },
  }
}

/** Names an item's attributes with their values; numbers are no tastes. */
const attributesOf = ({ attributes = {} }: Item): string[] =>
  Object.entries(attributes).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : typeof value === "number" ? [] : [value]
    return [...new Set(values)].map((one) => `attribute ${name}=${one}`)
  })
