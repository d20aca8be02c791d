import type { Item } from "../catalogue/item.ts"
import type { TasteModels } from "../preference/taste-models.ts"
import {
  type ChoiceFeatures,
  type ChoiceQuestion,
  choiceFeatureNames,
  choiceFeatures,
  type ItemFacts,
  priceFeaturesFrom,
} from "./choice-features.ts"
import { type PaidPrices, priceRange } from "./price-range.ts"

/** Items that stand for the whole catalogue in the denominator of a choice; `weights` are the items that each stands for. */
export interface ItemSample {
  itemIds: readonly string[]
  weights: Float64Array
}

/** Model of P(a customer buys an item | orders): a conditional logit (McFadden 1974) over the catalogue. */
export interface ChoiceModel {
  /** One weight a feature, in the order of `choiceFeatureNames`. */
  weights: Float64Array
  sample: ItemSample
  /** Means over customers: of ln P(item | orders) over items, and of the log-odds of P(orders within the horizon). */
  center: { item: number; orders: number }
  /** Factors from log-odds of orders that come by themselves to log-odds of acceptances. */
  transfer: { orders: number; item: number }
  /** Prices that customers pay; `null` where none are known. */
  paid: PaidPrices | null
}

/** ln P(item | orders), and of a price within the customer's range, less the mean over customers and items, in two parts. */
export interface ItemChoice {
  taste: number
  price: number
}

/**
 * Returns a function from items to ln P(item | orders), centred; of several, that of the mean P, since one offer gets one look. The
 * denominator is computed once.
 */
export function choiceOf(
  question: ChoiceQuestion,
  { weights, sample, center, paid }: Omit<ChoiceModel, "transfer">,
  release: TasteModels,
  items: ReadonlyMap<string, Item>,
): (itemIds: readonly string[]) => ItemChoice {
  const features = choiceFeatures(question, release, items)
  const row = new Float64Array(choiceFeatureNames.length)
  const utilityOf = (facts: ItemFacts) => {
    features.write(facts, row, 0)
    return {
      taste: weighted(weights, row, 0, priceFeaturesFrom),
      price: weighted(weights, row, priceFeaturesFrom, row.length),
      lnPrice: facts.lnPrice,
    }
  }
  const inRange = paid === null ? () => 0 : priceRange(question.history, (id) => features.factsOf(id).lnPrice, paid)
  const facts = sampleFacts(sample, items, features)
  const utilities = new Float64Array(facts.length)
  let highest = Number.NEGATIVE_INFINITY
  let priceSum = 0
  let count = 0
  for (let n = 0; n < facts.length; n++) {
    features.write(facts[n]!, row, 0)
    const price = weighted(weights, row, priceFeaturesFrom, row.length)
    utilities[n] = weighted(weights, row, 0, priceFeaturesFrom) + price
    if (utilities[n]! > highest) highest = utilities[n]!
    priceSum += sample.weights[n]! * price
    count += sample.weights[n]!
  }
  let total = 0
  for (let n = 0; n < facts.length; n++) total += sample.weights[n]! * Math.exp(utilities[n]! - highest)
  const lnTotal = highest + Math.log(total)
  const meanPrice = count === 0 ? 0 : priceSum / count
  return (itemIds) => {
    if (itemIds.length === 1) {
      const own = utilityOf(features.factsOf(itemIds[0]!))
      const price = own.price - meanPrice
      return { taste: own.taste + own.price - lnTotal - center.item - price, price: price + inRange(own.lnPrice) }
    }
    const utilities = itemIds.map((id) => utilityOf(features.factsOf(id)))
    const best = utilities.reduce((most, one) => (one.taste + one.price > most.taste + most.price ? one : most))
    const top = best.taste + best.price
    const sumOfPowers = utilities.reduce((all, { taste, price }) => all + Math.exp(taste + price - top), 0)
    const price = best.price - meanPrice
    const taste = top + Math.log(sumOfPowers / itemIds.length) - lnTotal - center.item - price
    return { taste, price: price + inRange(best.lnPrice) }
  }
}

/** Returns the part of a weighted sum of features from one until another. */
function weighted(weights: Float64Array, row: Float64Array, from: number, until: number): number {
  let sum = 0
  for (let n = from; n < until; n++) sum += weights[n]! * row[n]!
  return sum
}

const samples = new WeakMap<ItemSample, { items: ReadonlyMap<string, Item>; facts: readonly ItemFacts[] }>()

/** The facts of a sample's items, looked up once a catalogue. */
function sampleFacts(
  sample: ItemSample,
  items: ReadonlyMap<string, Item>,
  { factsOf }: ChoiceFeatures,
): readonly ItemFacts[] {
  const known = samples.get(sample)
  if (known?.items === items) return known.facts
  const facts = sample.itemIds.map(factsOf)
  samples.set(sample, { items, facts })
  return facts
}
