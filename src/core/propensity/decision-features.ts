import type { Item } from "../catalogue/item.ts"
import { type Offer, type OfferKind, offerKinds } from "../catalogue/offer.ts"
import { type History, type ItemHistory, openCases } from "../history/history.ts"
import { stages } from "../history/stage.ts"
import { attributeSharesOf } from "../preference/attribute-shares.ts"
import { type Channel, channels } from "../schema/channel.ts"
import { boundedMoney } from "../schema/money.ts"
import { dayMs } from "../time/durations.ts"

/** An offer with the item it is bound to, as features see it. */
export interface OfferedItem {
  offer: Offer
  /** `undefined`: not bound, or bound to an item the catalogue lacks. */
  item: Item | undefined
  /** Items that it shows, where it selects some for the customer. */
  slots?: readonly { itemId: string }[]
}

/** Attributes beside the history: placement, locale, those of the caller, traits. Each is a feature by its number or by its value. */
export type ContextAttributes = Readonly<Record<string, string | number | boolean>>

/** Inputs of the decision features that do not depend on the candidate. */
export interface FeatureQuestion {
  nowMs: number
  channel: Channel
  history: History
  attributes?: ContextAttributes
  /** The catalogue, by which a taste for categories and brands is known. */
  items?: ReadonlyMap<string, Item>
  /** Affinity of an item to the preference vector; absent or NaN when unknown. */
  affinity?: (itemId: string) => number
}

/** Changes whenever a name, a meaning or the order does; a model is only used with features of its version. */
export const featuresVersion = "1"

export const contextFeatureNames: readonly string[] = [
  "known",
  "orders",
  "itemsTouched",
  "views",
  "carts",
  "purchases",
  "returns",
  "sinceOrder",
  "sinceEvent",
  "tenure",
  "openCase",
  "hourSine",
  "hourCosine",
  "weekdaySine",
  "weekdayCosine",
  ...stages.map((stage) => `stage.${stage}`),
  ...channels.map((channel) => `channel.${channel}`),
]

export const candidateFeatureNames: readonly string[] = [
  "value",
  "cost",
  "price",
  "hasItem",
  "itemViews",
  "itemCarts",
  "itemPurchases",
  "itemReturns",
  "sinceItem",
  "categoryShare",
  "brandShare",
  "affinity",
  ...offerKinds.map((kind) => `kind.${kind}`),
]

/** The features of one question: those of the situation once, those of a candidate on demand. */
export interface DecisionFeatures {
  /** In the order of `situationFeatureNames`. */
  context: Float32Array
  /** In the order of `candidateFeatureNames`. */
  of(candidate: OfferedItem): Float32Array
}

/** Every feature a decision is predicted by, online and offline; counts as ln(1 + n), money as ± ln(1 + |amount|), time since as a decay in (0, 1], all to four decimals. */
export function decisionFeatures(question: FeatureQuestion): DecisionFeatures {
  const { nowMs, channel, history, items, affinity } = question
  const touched = Object.values(history.items)
  const taste = attributeSharesOf(history, items)
  const day = ((nowMs / dayMs) % 7) * 2 * Math.PI
  const hour = ((nowMs / dayMs) % 1) * 2 * Math.PI
  const total = (count: (item: ItemHistory) => number) => touched.reduce((sum, item) => sum + count(item), 0)
  const openCount = openCases(history.complaints).length + openCases(history.delays).length
  return {
    context: quantised(
      [
        history.lastAt === null ? 0 : 1,
        Math.log1p(history.orders),
        Math.log1p(touched.length),
        Math.log1p(total(({ views }) => views)),
        Math.log1p(total(({ carts }) => carts)),
        Math.log1p(total(({ purchases }) => purchases)),
        Math.log1p(total(({ returns }) => returns)),
        decay(history.lastOrderAt, nowMs, 30),
        decay(history.lastAt, nowMs, 7),
        Math.log1p(history.firstAt === null ? 0 : Math.max(0, nowMs - history.firstAt) / dayMs),
        openCount > 0 ? 1 : 0,
        Math.sin(hour),
        Math.cos(hour),
        Math.sin(day),
        Math.cos(day),
      ],
      [...stageColumns[history.stage], ...channelColumns[channel]],
    ),
    of({ offer, item }) {
      const past = item !== undefined && Object.hasOwn(history.items, item.id) ? history.items[item.id] : undefined
      const fit = item === undefined ? undefined : affinity?.(item.id)
      const features = new Float32Array(candidateFeatureNames.length)
      features[0] = round(money(offer.value))
      features[1] = round(money(offer.cost))
      if (item !== undefined) {
        features[2] = round(money(item.price ?? 0))
        features[3] = 1
        features[9] = round(taste.categoryShare(item))
        features[10] = round(taste.brandShare(item))
        features[11] = fit === undefined || Number.isNaN(fit) ? 0 : round(fit)
      }
      if (past !== undefined) {
        features[4] = round(Math.log1p(past.views))
        features[5] = round(Math.log1p(past.carts))
        features[6] = round(Math.log1p(past.purchases))
        features[7] = round(Math.log1p(past.returns))
        features[8] = round(decay(past.lastAt, nowMs, 14))
      }
      features[kindColumn[offer.kind]] = 1
      return features
    },
  }
}

/** Facts as numbers by name: `age` is the fact's number (true is 1, what is no number 0, an absurd one the nearest that is not), `locale=it` is 1 where the fact has that value. */
export const attributeFeatures = (attributes: ContextAttributes, names: readonly string[]): Float32Array =>
  Float32Array.from(names, (name) => {
    const equals = name.indexOf("=")
    const value = attributes[equals === -1 ? name : name.slice(0, equals)]
    if (equals !== -1) return value !== undefined && String(value) === name.slice(equals + 1) ? 1 : 0
    const number = typeof value === "string" ? 0 : Number(value ?? 0)
    return Number.isFinite(number) ? boundedMoney(number) : 0
  })

/** Features as a log keeps them: short decimals from which `Float32Array.from` makes the very same features again. */
export const loggedFeatures = (features: Float32Array): number[] => Array.from(features, round)

const round = (value: number) => Math.round(value * 1e4) / 1e4

/** Rounded values, then columns that are 0 or 1. */
function quantised(values: readonly number[], columns: readonly number[]): Float32Array {
  const features = new Float32Array(values.length + columns.length)
  for (let n = 0; n < values.length; n++) features[n] = round(values[n]!)
  features.set(columns, values.length)
  return features
}

const oneHot = <T extends string>(names: readonly T[]) =>
  Object.fromEntries(names.map((name) => [name, names.map((other) => (other === name ? 1 : 0))])) as Record<T, number[]>

const stageColumns = oneHot(stages)
const channelColumns = oneHot(channels)
const kindColumn = Object.fromEntries(
  offerKinds.map((kind) => [kind, candidateFeatureNames.indexOf(`kind.${kind}`)]),
) as Record<OfferKind, number>

const money = (amount: number) => Math.sign(amount) * Math.log1p(Math.abs(amount))

/** 1 for just now, falling to 1/e after `days`; 0 for never. */
const decay = (at: number | null, nowMs: number, days: number) =>
  at === null ? 0 : Math.exp(-Math.max(0, nowMs - at) / (days * dayMs))
