import { createRandom, type Random } from "../random.ts"
import { type Customer, moodIn } from "./make-customer.ts"
import { productTypes } from "./product-types.ts"
import { daysPerYear, streams } from "./streams.ts"
import { seasonOn, type Timeline, weekOf } from "./timeline.ts"
import type { World } from "./world.ts"

/** The product type of an occasion that no need gave rise to. */
export const impulse = -1

/** A reason to order on a day: a need that returned, or an impulse. */
interface Occasion {
  day: number
  type: number
}

/** A customer's reasons to order over the days simulated, in order of time, and the age of each need on arrival. */
export interface Calendar {
  occasions: readonly Occasion[]
  arrivalAges: ReadonlyMap<number, number>
}

/** Rates of one customer, each constant within a week. */
export interface Rates {
  /** P(a need of this type returns on `day` | it last returned `age` days before): Weibull renewal in operational time. */
  need(type: number, age: number, day: number): number
  /** P(an impulse on `day`). */
  impulse(day: number): number
  /** P(departure on a day | still there). */
  departure: number
}

export function ratesOf(customer: Customer, world: World, seed: number, timeline: Timeline): Rates {
  const intensities = new Map<number, number>()
  const intensity = (type: number, day: number) => {
    const key = weekOf(day) * (productTypes.length + 1) + type + 1
    const known = intensities.get(key)
    if (known !== undefined) return known
    const made = customer.pace * moodIn(weekOf(day), customer, world, seed) * seasonOn(day, type, timeline, world)
    intensities.set(key, made)
    return made
  }
  const accumulated = (type: number, age: number) =>
    (age / (productTypes[type]!.renewalDays * world.renewalScale)) ** world.renewalShape
  return {
    need: (type, age, day) =>
      1 - Math.exp((accumulated(type, age - 1) - accumulated(type, age)) * intensity(type, day)),
    impulse: (day) => 1 - Math.exp((-world.impulseOrdersPerYear / daysPerYear) * intensity(impulse, day)),
    departure: 1 - Math.exp(-world.churnPerYear / daysPerYear),
  }
}

/** Draws when a customer's needs return and impulses come, from arrival to departure or the last day. */
export function drawCalendar(customer: Customer, rates: Rates, world: World, seed: number, days: number): Calendar {
  const random = createRandom(seed, streams.needs, customer.index)
  const arrivalAges = new Map(customer.needs.map((type) => [type, ageOnArrival(type, world, random)]))
  const ages = new Map(arrivalAges)
  const occasions: Occasion[] = []
  const last = Math.min(days, customer.departureDay)
  for (let day = customer.arrivalDay; day < last; day++) {
    for (const type of customer.needs) {
      const age = ages.get(type)! + 1
      const returns = random() < rates.need(type, age, day)
      ages.set(type, returns ? 0 : age)
      if (returns) occasions.push({ day, type })
    }
    if (random() < rates.impulse(day)) occasions.push({ day, type: impulse })
  }
  return { occasions, arrivalAges }
}

const ageOnArrival = (type: number, { renewalScale }: World, random: Random) =>
  Math.floor(random() * productTypes[type]!.renewalDays * renewalScale)

/** Days since a need last returned, at the end of `day` (≥ the day before arrival). */
export function ageOf(type: number, day: number, customer: Customer, calendar: Calendar): number {
  const last = calendar.occasions.findLast((occasion) => occasion.type === type && occasion.day <= day)
  return last ? day - last.day : calendar.arrivalAges.get(type)! + (day - customer.arrivalDay + 1)
}
