import type { Item } from "../../../src/core/catalogue/item.ts"
import type { Offer } from "../../../src/core/catalogue/offer.ts"
import { logit } from "../../../src/core/measure/logistic-regression.ts"
import type { Forecaster } from "../../../src/core/plan/plan-forecast.ts"
import type { ItemForecast } from "../../../src/core/plan/weigh-customer.ts"
import type { PlanRequest } from "../../../src/core/policy/plan-request.ts"
import type { Truth } from "../../simulate/shop.ts"

interface SuggestionTerms {
  truth: Truth
  items: readonly Item[]
  /** User ids by customer id. */
  userIdOf: ReadonlyMap<string, string>
  /** P(each item is bought anyway), in the order of `items`. */
  demandOf: (userId: string) => Float64Array
  costs: PlanRequest["costs"]
  nowMs: number
}

/** Days in which a suggested item may be bought anyway, as the rebuy model counts them. */
const horizonDays = 30

/** Returns a function from a customer to the true demand for each item without any offer, which is computed once. */
export const organicDemandAt = (truth: Truth, nowMs: number) =>
  remember((userId) => truth.organicDemand(userId, nowMs, horizonDays))

const suggestionOf = (itemId: string): Offer => ({
  id: "suggestion",
  kind: "recommendation",
  title: "suggestion",
  value: 0,
  cost: 0,
  currency: "EUR",
  itemId,
  content: {},
})

/**
 * Returns a function from a customer and an item to what suggesting it by e-mail truly brings: the margin of those it moves who keep the
 * item and would not have bought it, less the contact.
 */
export function suggestionValue({ truth, items, userIdOf, demandOf, costs, nowMs }: SuggestionTerms) {
  const itemBy = new Map(items.map((item, n) => [item.id, { margin: marginOf(item, costs), place: n }]))
  return (customerId: string, itemId: string): number => {
    const userId = userIdOf.get(customerId)!
    const { margin, place } = itemBy.get(itemId)!
    const moved = truth.inducedProbability(userId, suggestionOf(itemId), { channel: "email", atMs: nowMs })
    const kept = 1 - truth.returnProbability(userId, itemId, nowMs)
    return moved * (kept - demandOf(userId)[place]!) * margin - costs.contact
  }
}

const marginOf = ({ margin, price = 0 }: Item, { marginShare }: PlanRequest["costs"]) => margin ?? price * marginShare

/** Returns true P(the customer takes up a suggestion of the item by e-mail). */
export const trueTakeUp =
  ({ truth, userIdOf, nowMs }: Pick<SuggestionTerms, "truth" | "userIdOf" | "nowMs">) =>
  (customerId: string, itemId: string): number =>
    truth.inducedProbability(userIdOf.get(customerId)!, suggestionOf(itemId), { channel: "email", atMs: nowMs })

/** Returns a forecaster of suggestions by e-mail that knows the truth of all but take-up, whose log-odds are given, of the items that bring most. */
export function forecasterBy(
  takeUpOf: (customerId: string, itemId: string) => number,
  { truth, items, userIdOf, demandOf, costs, nowMs }: SuggestionTerms,
): Forecaster {
  const forecastsOf = (customerId: string, userId: string, limit: number): ItemForecast[] => {
    const demand = demandOf(userId)
    return items
      .map((item, n) => {
        const takeUp = takeUpOf(customerId, item.id)
        return { itemId: item.id, takeUp, lnEarned: takeUp + Math.log(marginOf(item, costs)), anyway: demand[n]! }
      })
      .sort((a, b) => b.lnEarned - a.lnEarned)
      .slice(0, limit)
      .map(({ itemId, takeUp, anyway }) => ({
        itemId,
        keep: 1 - truth.returnProbability(userId, itemId, nowMs),
        buysAnyway: anyway,
        takeUpLogOdds: takeUp - logit(costs.takeUpRate),
      }))
  }
  return {
    forecast({ customerId }, _, limit) {
      const userId = userIdOf.get(customerId)
      return userId === undefined ? [] : forecastsOf(customerId, userId, limit)
    },
    cutoff: () => null,
    allowance: () => 0,
  }
}

function remember<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const found = known.get(key) ?? compute(key)
    known.set(key, found)
    return found
  }
}
