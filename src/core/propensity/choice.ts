import type { Item } from "../catalogue/item.ts"
import type { TasteModels } from "../preference/taste-models.ts"
import { type ChoiceQuestion, choiceFeatureNames, choiceFeatures, priceFeaturesFrom } from "./choice-features.ts"

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
}

/** ln P(item | orders) less its mean over customers and items, in two parts. */
export interface ItemChoice {
  taste: number
  price: number
}

/** Returns a function from items to ln P(any of them | orders), centred. The denominator is computed once. */
export function choiceOf(
  question: ChoiceQuestion,
  { weights, sample, center }: Omit<ChoiceModel, "transfer">,
  release: TasteModels,
  items: ReadonlyMap<string, Item>,
): (itemIds: readonly string[]) => ItemChoice {
  const write = choiceFeatures(question, release, items)
  const row = new Float64Array(choiceFeatureNames.length)
  const utilityOf = (itemId: string) => {
    write(itemId, row, 0)
    let taste = 0
    let price = 0
    for (let n = 0; n < priceFeaturesFrom; n++) taste += weights[n]! * row[n]!
    for (let n = priceFeaturesFrom; n < row.length; n++) price += weights[n]! * row[n]!
    return { taste, price }
  }
  const sampled = sample.itemIds.map(utilityOf)
  const highest = sampled.reduce((most, { taste, price }) => Math.max(most, taste + price), Number.NEGATIVE_INFINITY)
  let total = 0
  let priceSum = 0
  let count = 0
  sampled.forEach(({ taste, price }, n) => {
    const weight = sample.weights[n]!
    total += weight * Math.exp(taste + price - highest)
    priceSum += weight * price
    count += weight
  })
  const lnTotal = highest + Math.log(total)
  const meanPrice = count === 0 ? 0 : priceSum / count
  return (itemIds) => {
    const utilities = itemIds.map(utilityOf)
    const best = utilities.reduce((most, one) => (one.taste + one.price > most.taste + most.price ? one : most))
    const top = best.taste + best.price
    const sum = utilities.reduce((all, { taste, price }) => all + Math.exp(taste + price - top), 0)
    const price = best.price - meanPrice
    return { taste: top + Math.log(sum) - lnTotal - center.item - price, price }
  }
}
