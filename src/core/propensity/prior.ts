import type { Item } from "../catalogue/item.ts"
import type { OfferKind } from "../catalogue/offer.ts"
import { logit, sigmoid } from "../measure/logistic-regression.ts"
import type { TasteModels } from "../preference/taste-models.ts"
import { type CustomerRebuy, customerRebuy, type Rebuy } from "../repurchase/rebuy.ts"
import type { Channel } from "../schema/channel.ts"
import { type ChoiceModel, choiceOf } from "./choice.ts"
import type { ChoiceQuestion } from "./choice-features.ts"
import { averageLogOdds, responseLogOdds } from "./response-odds.ts"
import type { AcceptanceCount } from "./smoothed-rates.ts"

/** The parts of P(accept | offered) before outcomes decide: log-odds that add up, each to four decimals. */
export interface PriorTerms {
  /** The customer orders within the horizon more or less likely than others. */
  orders: number
  /** The items fit their taste and need … */
  taste: number
  /** … and the prices they pay. */
  price: number
  /** Acceptances of the kind on the channel. */
  response: number
}

/** The terms that depend on the customer; those of an offer without items are 0. */
export interface PersonalPrior {
  orders(): number
  item(itemIds: readonly string[]): Pick<PriorTerms, "taste" | "price">
}

interface PriorModels extends TasteModels {
  choice: ChoiceModel | null
  rebuy: Rebuy | null
}

/** Returns a customer's prior, or `null` for a release that did not learn one; computed when first asked. `chances` are those of the customer. */
export function personalPrior(
  question: ChoiceQuestion,
  release: PriorModels,
  items: ReadonlyMap<string, Item>,
  chances: CustomerRebuy | null = release.rebuy && customerRebuy(question.history, release.rebuy, question.nowMs),
): PersonalPrior | null {
  const { choice } = release
  if (choice === null) return null
  const { transfer, center } = choice
  let orders: number | undefined
  let itemChoice: ReturnType<typeof choiceOf> | undefined
  const ordersOf = () => (chances === null ? 0 : logit(chances.orders()) - center.orders)
  return {
    orders() {
      orders ??= rounded(transfer.orders * ordersOf())
      return orders
    },
    item(itemIds) {
      if (itemIds.length === 0) return { taste: 0, price: 0 }
      itemChoice ??= choiceOf(question, choice, release, items)
      const { taste, price } = itemChoice(itemIds)
      return { taste: rounded(transfer.item * taste), price: rounded(transfer.item * price) }
    },
  }
}

/** Returns the terms of an offer with its items, of a kind with such a response. */
export const priorTerms = (prior: PersonalPrior, itemIds: readonly string[], response: number): PriorTerms => {
  const { taste, price } = prior.item(itemIds)
  return { orders: prior.orders(), taste, price, response }
}

/** Returns the term `response` of each kind on a channel, computed once a kind. */
export function responsesOn(channel: Channel, counts: readonly AcceptanceCount[]): (kind: OfferKind) => number {
  const known = new Map<OfferKind, number>()
  return (kind) => {
    let response = known.get(kind)
    if (response === undefined) {
      response = rounded(responseLogOdds(kind, channel, counts))
      known.set(kind, response)
    }
    return response
  }
}

/** P(accept | offered) by its terms. */
export const priorPropensity = ({ orders, taste, price, response }: PriorTerms): number =>
  sigmoid(orders + taste + price + response)

/** P(accept | offered) as believed before any acceptance was known: what outcomes are counted beside. */
export const expectedAcceptance = (terms: PriorTerms): number => priorPropensity({ ...terms, response: averageLogOdds })

const rounded = (value: number) => Math.round(value * 1e4) / 1e4
