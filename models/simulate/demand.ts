import { type Choice, complementTries } from "./choice.ts"
import type { Catalogue } from "./make-catalogue.ts"
import type { Customer } from "./make-customer.ts"
import { ageOf, type Calendar, impulse, type Rates } from "./needs.ts"
import { weekOf } from "./timeline.ts"
import type { World } from "./world.ts"

export interface DemandQuestion {
  customer: Customer
  calendar: Calendar
  rates: Rates
  /** The last day whose events are known; demand is of the days after it. */
  day: number
  horizonDays: number
  choiceIn(week: number): Choice
  catalogue: Catalogue
  world: World
}

/**
 * P(each item is bought at least once in the horizon), summed exactly over departures and renewals: needs, impulses and
 * departure are independent given the customer, so an item escapes them all with the product of its chances.
 */
export function organicDemand(question: DemandQuestion): Float64Array {
  const { customer, rates, day, horizonDays, catalogue } = question
  const first = Math.max(day + 1, customer.arrivalDay)
  const days = Array.from({ length: Math.max(0, day + 1 + horizonDays - first) }, (_, step) => first + step)
  if (customer.departureDay <= day || days.length === 0) return new Float64Array(catalogue.items.length)
  const impulses = inclusionsOn(impulse, days, question)
  const impulseChances = days.map((day) => rates.impulse(day))
  const escapes = catalogue.items.map((_, item) => escapeOfImpulses(item, impulses, impulseChances))
  for (const type of customer.needs) {
    const inclusions = inclusionsOn(type, days, question)
    const returns = returnTable(type, days, question)
    for (const [item, escaped] of escapes.entries()) {
      if (inclusions.some((within) => within[item]! > 0)) multiplyBy(escaped, escapeOfNeed(item, inclusions, returns))
    }
  }
  const present = first > day + 1 ? 1 : 1 - rates.departure
  return Float64Array.from(escapes, (escaped) => 1 - acrossDepartures(escaped, present, rates.departure))
}

/** P(each item is in the basket of an occasion of `type`): what `drawBasket` draws, in closed form. */
function inclusion(type: number, choice: Choice, catalogue: Catalogue, world: World): Float64Array {
  const within = new Float64Array(catalogue.items.length)
  const impulseOdds = choice.ofImpulse()
  const types = type === impulse ? impulseOdds.weights.keys() : [type]
  for (const chosen of types) {
    const typeShare = type === impulse ? impulseOdds.weights[chosen]! / impulseOdds.total : 1
    const odds = choice.ofType(chosen)
    catalogue.itemsOfType[chosen]!.forEach((item, place) => {
      if (odds.weights[place] === 0) return
      const share = (typeShare * odds.weights[place]!) / odds.total
      within[item]! += share
      const partners = catalogue.partners[item]!
      const total = partners.reduce((sum, partner) => sum + choice.oddsOf(partner), 0)
      for (const partner of total > 0 ? partners : []) {
        const once = (world.complementProbability * choice.oddsOf(partner)) / total
        within[partner]! += share * (1 - (1 - once) ** complementTries)
      }
    })
  }
  return within
}

function inclusionsOn(type: number, days: readonly number[], { choiceIn, catalogue, world }: DemandQuestion) {
  const byWeek = new Map<number, Float64Array>()
  return days.map((day) => {
    const week = weekOf(day)
    const within = byWeek.get(week) ?? inclusion(type, choiceIn(week), catalogue, world)
    byWeek.set(week, within)
    return within
  })
}

function escapeOfImpulses(item: number, inclusions: readonly Float64Array[], chances: readonly number[]) {
  const escapes = new Float64Array(inclusions.length)
  for (let step = 0, left = 1; step < escapes.length; step++) {
    left *= 1 - chances[step]! * inclusions[step]![item]!
    escapes[step] = left
  }
  return escapes
}

/** Row s: P(the need returns on each later step | it last returned on step s − 1); row 0: before the horizon. */
function returnTable(type: number, days: readonly number[], { customer, calendar, rates }: DemandQuestion) {
  const ageBefore = ageOf(type, days[0]! - 1, customer, calendar)
  return Array.from({ length: days.length + 1 }, (_, row) =>
    Float64Array.from(days, (day, step) => {
      const age = row === 0 ? ageBefore + step + 1 : step - row + 1
      return age > 0 ? rates.need(type, age, day) : 0
    }),
  )
}

/** P(the item is in none of a need's baskets up to each step), by the step on which the need last returned. */
function escapeOfNeed(item: number, inclusions: readonly Float64Array[], returns: readonly Float64Array[]) {
  const mass = new Float64Array(returns.length)
  mass[0] = 1
  const escapes = new Float64Array(inclusions.length)
  for (let step = 0; step < escapes.length; step++) {
    let returned = 0
    let waiting = 0
    for (let row = 0; row <= step; row++) {
      const part = mass[row]! * returns[row]![step]!
      returned += part
      mass[row]! -= part
      waiting += mass[row]!
    }
    mass[step + 1] = returned * (1 - inclusions[step]![item]!)
    escapes[step] = waiting + mass[step + 1]!
  }
  return escapes
}

/** Averages the escaped to be left out over the last step before departure; `present` is P(still there on the first step). */
function acrossDepartures(escaped: Float64Array, present: number, departure: number): number {
  let there = present
  let average = 1 - present
  escaped.forEach((value, step) => {
    const next = step + 1 < escaped.length ? there * (1 - departure) : 0
    average += (there - next) * value
    there = next
  })
  return average
}

function multiplyBy(curve: Float64Array, factor: Float64Array): void {
  factor.forEach((value, step) => {
    curve[step]! *= value
  })
}
