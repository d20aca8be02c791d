import { hashNormal, type Random, weighted } from "../random.ts"
import type { Catalogue } from "./make-catalogue.ts"
import type { Customer } from "./make-customer.ts"
import { daysPerYear, streams } from "./streams.ts"
import type { World } from "./world.ts"

/** Choice model of one customer in one week: every choice is a softmax of `utility` (multinomial logit, McFadden 1974). */
export interface Choice {
  /** Log odds of an item, affinity to its product type included; whether it is on sale does not matter. */
  utility(item: number): number
  /** Odds of the items of a type, in the order of `itemsOfType`; 0 before an item's launch. */
  ofType(type: number): Odds
  /** Odds of one item, as in `ofType`. */
  oddsOf(item: number): number
  /** Odds of the partners of an item, in the order of `partners`. */
  ofPartners(item: number): Odds
  /** Odds of the type an impulse falls on. */
  ofImpulse(): Odds
}

export interface Odds {
  weights: Float64Array
  total: number
}

const skinMatch = 0.6

export function choiceOf(customer: Customer, week: number, catalogue: Catalogue, world: World, seed: number): Choice {
  const taste = tasteIn(week, customer)
  const known = new Map<number, Odds>()
  const utilities = new Float64Array(catalogue.items.length).fill(Number.NaN)
  const compute = (item: number) => {
    let sum = catalogue.popularity[item]! + customer.affinity[catalogue.typeOf[item]!]!
    for (let dimension = 0, offset = item * taste.length; dimension < taste.length; dimension++)
      sum += taste[dimension]! * catalogue.taste[offset + dimension]!
    const suits = catalogue.suits[item]!
    if (suits.length > 0) sum += suits.includes(customer.skinType) ? skinMatch : -skinMatch
    sum -= customer.priceSensitivity * catalogue.priceDoublings[item]!
    return sum + world.idiosyncrasy * hashNormal(seed, streams.idiosyncrasy, customer.index, item)
  }
  const utility = (item: number) => {
    if (Number.isNaN(utilities[item])) utilities[item] = compute(item)
    return utilities[item]!
  }
  const odds = new Float64Array(catalogue.items.length).fill(Number.NaN)
  const oddsOf = (item: number) => {
    if (Number.isNaN(odds[item])) odds[item] = catalogue.launchWeek[item]! <= week ? Math.exp(utility(item)) : 0
    return odds[item]!
  }
  const oddsAmong = (items: Int32Array): Odds => {
    const weights = new Float64Array(items.length)
    items.forEach((item, place) => {
      weights[place] = oddsOf(item)
    })
    return { weights, total: sum(weights) }
  }
  return {
    utility,
    oddsOf,
    ofType(type) {
      const made = known.get(type) ?? oddsAmong(catalogue.itemsOfType[type]!)
      known.set(type, made)
      return made
    },
    ofPartners: (item) => oddsAmong(catalogue.partners[item]!),
    ofImpulse() {
      const weights = customer.affinity.map((affinity) => Math.exp(affinity))
      return { weights, total: sum(weights) }
    },
  }
}

/** Two tries a bought item to take a partner along. */
export const complementTries = 2

/** Draws the items of one occasion: a first one of its type (an impulse draws the type), and what goes with it. */
export function drawBasket(
  type: number,
  choice: Choice,
  catalogue: Catalogue,
  { complementProbability }: World,
  random: Random,
): number[] {
  const chosenType = type < 0 ? pick(choice.ofImpulse(), random) : type
  if (chosenType === undefined) return []
  const place = pick(choice.ofType(chosenType), random)
  if (place === undefined) return []
  const first = catalogue.itemsOfType[chosenType]![place]!
  const basket = [first]
  const partners = choice.ofPartners(first)
  for (let attempt = 0; attempt < complementTries; attempt++) {
    if (random() >= complementProbability) continue
    const partner = pick(partners, random)
    if (partner !== undefined) basket.push(catalogue.partners[first]![partner]!)
  }
  return basket
}

/** An index in proportion to its odds; `undefined` when there is nothing to choose. */
export const pick = ({ weights, total }: Odds, random: Random): number | undefined =>
  total > 0 ? weighted(random, weights, total) : undefined

/** Taste in a week: turned from where it began, its length about kept. */
function tasteIn(week: number, { taste, tasteTo, driftPerYear }: Customer): Float64Array {
  const angle = (driftPerYear * week * 7) / daysPerYear
  const [stay, turn] = [Math.cos(angle), Math.sin(angle)]
  return taste.map((value, dimension) => stay * value + turn * tasteTo[dimension]!)
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
