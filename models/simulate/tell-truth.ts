import type { Offer } from "../../src/core/catalogue/offer.ts"
import type { Identifier } from "../../src/core/customer/identifier.ts"
import { type Choice, choiceOf } from "./choice.ts"
import { organicDemand } from "./demand.ts"
import { ratesOf } from "./needs.ts"
import { inducedProbability, keepProbability, type Moment, returnProbability } from "./response.ts"
import type { Person, Setting } from "./setting.ts"
import type { OfferContext, Truth } from "./shop.ts"
import { weekOf } from "./timeline.ts"

const acceptanceDays = 7
const answersKept = 256

/** Answers what drives the shop, computed from the very things its events are drawn from. */
export function tellTruth(setting: Setting): Truth {
  const { catalogue, world, seed, timeline, people } = setting
  const byIdentifier = new Map<string, Person>()
  for (const person of people) {
    const { userId, email, loyaltyCard } = person.customer
    byIdentifier.set(keyOf({ type: "userId", value: userId }), person)
    byIdentifier.set(keyOf({ type: "email", value: email }), person)
    if (loyaltyCard !== undefined) byIdentifier.set(keyOf({ type: "loyaltyCard", value: loyaltyCard }), person)
  }
  const personOf = (userId: string) =>
    byIdentifier.get(keyOf({ type: "userId", value: userId })) ?? fail(`no customer ${userId} in this shop`)
  const itemOf = (itemId: string) => catalogue.indexById.get(itemId) ?? fail(`no item ${itemId} in this shop`)
  const choices = new Map<string, Choice>()
  const choiceIn = ({ customer }: Person, week: number) => {
    const key = `${customer.index}:${week}`
    const made = choices.get(key) ?? choiceOf(customer, week, catalogue, world, seed)
    if (choices.size >= answersKept) choices.clear()
    choices.set(key, made)
    return made
  }
  const momentOf = (userId: string, atMs: number): Moment => {
    const person = personOf(userId)
    const day = timeline.dayOf(atMs)
    return { ...person, choice: choiceIn(person, weekOf(day)), day, catalogue, world, seed }
  }
  const demandOf = (userId: string, atMs: number, horizonDays: number) => {
    const person = personOf(userId)
    const rates = ratesOf(person.customer, world, seed, timeline)
    const day = timeline.dayOf(atMs)
    return organicDemand({
      ...person,
      rates,
      day,
      horizonDays,
      choiceIn: (week) => choiceIn(person, week),
      catalogue,
      world,
    })
  }
  const responses = new Map<string, Float64Array>()
  const organicResponse = (userId: string, itemId: string | undefined, atMs: number) => {
    if (itemId === undefined) return 0
    const key = `${userId}:${timeline.dayOf(atMs)}`
    const demand = responses.get(key) ?? demandOf(userId, atMs, acceptanceDays)
    if (responses.size >= answersKept) responses.clear()
    responses.set(key, demand)
    return demand[itemOf(itemId)]!
  }
  const induced = (userId: string, offer: Offer, context: OfferContext) =>
    inducedProbability(momentOf(userId, context.atMs), offer, context)
  return {
    userIds: people.map(({ customer }) => customer.userId),
    itemIds: catalogue.items.map(({ id }) => id),
    userIdOf: (identifier) => byIdentifier.get(keyOf(identifier))?.customer.userId,
    taste(userId, atMs) {
      const { choice } = momentOf(userId, atMs)
      return Float64Array.from(catalogue.items, (_, item) => choice.utility(item))
    },
    organicDemand: demandOf,
    needProbability(userId, itemId, sinceMs, untilMs) {
      const { customer } = personOf(userId)
      const type = catalogue.typeOf[itemOf(itemId)]!
      const [since, until] = [timeline.dayOf(sinceMs), timeline.dayOf(untilMs)]
      if (!customer.needs.includes(type)) return 0
      const { need } = ratesOf(customer, world, seed, timeline)
      let waiting = 1
      for (let day = since + 1; day <= until; day++) waiting *= 1 - need(type, day - since, day)
      return 1 - waiting
    },
    keepProbability: (userId, itemId, atMs) => keepProbability(momentOf(userId, atMs), itemOf(itemId)),
    returnProbability: (userId, itemId, atMs) => returnProbability(momentOf(userId, atMs), itemOf(itemId)),
    inducedProbability: induced,
    responseProbability: (userId, offer, context) =>
      1 -
      (1 - organicResponse(userId, context.itemId ?? offer.itemId, context.atMs)) *
        (1 - induced(userId, offer, context)),
  }
}

const keyOf = ({ type, value }: Identifier) => `${type}:${value}`

function fail(message: string): never {
  throw new Error(message)
}
