import type { Offer } from "../../src/core/catalogue/offer.ts"
import { type Catalogue, makeCatalogue } from "./make-catalogue.ts"
import { type Customer, makeCustomer } from "./make-customer.ts"
import { makeOffers } from "./make-offers.ts"
import { type Calendar, drawCalendar, ratesOf } from "./needs.ts"
import { type Timeline, timelineOf } from "./timeline.ts"
import type { World } from "./world.ts"

export interface Person {
  customer: Customer
  calendar: Calendar
}

/** All of a simulated shop but its events: what both the telling of events and the truth are derived from. */
export interface Setting {
  world: World
  seed: number
  timeline: Timeline
  catalogue: Catalogue
  offers: readonly Offer[]
  /** The offers that campaigns send: those of one item, by e-mail. */
  mailed: readonly Offer[]
  people: readonly Person[]
}

export function createSetting(world: World, seed: number, endMs: number): Setting {
  const timeline = timelineOf(world, endMs)
  const catalogue = makeCatalogue(world, seed)
  const offers = makeOffers(catalogue, seed)
  const mailed = offers.filter(({ itemId, channels }) => itemId !== undefined && channels?.includes("email"))
  const people = Array.from({ length: world.customers }, (_, index) => {
    const customer = makeCustomer(world, seed, index)
    const rates = ratesOf(customer, world, seed, timeline)
    return { customer, calendar: drawCalendar(customer, rates, world, seed, timeline.days) }
  })
  return { world, seed, timeline, catalogue, offers, mailed, people }
}
