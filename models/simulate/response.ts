import type { Offer } from "../../src/core/catalogue/offer.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import { hashNormal } from "../random.ts"
import type { Choice } from "./choice.ts"
import type { Catalogue } from "./make-catalogue.ts"
import { type Customer, moodIn } from "./make-customer.ts"
import { ageOf, type Calendar } from "./needs.ts"
import { productTypes } from "./product-types.ts"
import type { OfferContext } from "./shop.ts"
import { logistic, logOdds, streams } from "./streams.ts"
import { weekOf } from "./timeline.ts"
import type { World } from "./world.ts"

/** A customer on a day, as the response and the fate of items depend on them. */
export interface Moment {
  customer: Customer
  calendar: Calendar
  choice: Choice
  day: number
  catalogue: Catalogue
  world: World
  seed: number
}

const kindLogOdds: Partial<Record<Offer["kind"], number>> = {
  recommendation: 0,
  parcel: 0,
  promotion: 0.3,
  replenishment: -0.2,
  retention: -0.6,
}

const eveningHour = 20

/** P(the offer itself moves the customer to accept); 1 for the kinds that need no acceptance. */
export function inducedProbability(moment: Moment, offer: Offer, context: OfferContext): number {
  const kind = kindLogOdds[offer.kind]
  if (kind === undefined) return 1
  const { customer, world, seed, day } = moment
  const of = (...parts: readonly number[]) => hashNormal(seed, streams.appeal, customer.index, ...parts)
  const personal =
    world.responseSpread * (0.7 * of(0) + 0.5 * of(1, codeOf(offer.kind)) + 0.5 * of(2, codeOf(context.channel)))
  const discount = Number(offer.content.discountPercent ?? 0) / 10
  const hour = ((context.atMs % dayMs) / dayMs) * 24
  const item = moment.catalogue.indexById.get(context.itemId ?? offer.itemId ?? "")
  const wanted = item === undefined ? 0 : 0.6 * (moment.choice.utility(item) - 0.5 * moment.catalogue.popularity[item]!)
  const due = item !== undefined && offer.kind === "replenishment" ? 2 * dueness(item, moment) : 0
  return logistic(
    logOdds(world.responseBase) +
      kind +
      personal +
      wanted +
      due +
      discount * customer.priceSensitivity +
      Math.log(moodIn(weekOf(day), customer, world, seed)) +
      0.3 * Math.cos((2 * Math.PI * (hour - eveningHour)) / 24) -
      world.fatiguePerContact * (context.recentContacts ?? 0) -
      (context.openCase ? 1.5 : 0),
  )
}

/** P(an item sent unasked is kept): they did not choose it, so its price and whether it is needed weigh more. */
export function keepProbability(moment: Moment, item: number): number {
  const { customer, world, catalogue, choice } = moment
  const relativePrice = Math.log2((catalogue.items[item]!.price ?? 0) / 20)
  return logistic(
    logOdds(world.keepBase) +
      0.8 * choice.utility(item) -
      0.7 * customer.priceSensitivity * relativePrice +
      dueness(item, moment),
  )
}

/** P(a line they ordered goes back). */
export const returnProbability = ({ world, choice }: Moment, item: number): number =>
  logistic(logOdds(world.returnBase) - 0.35 * choice.utility(item))

/** From −0.5, just bought, to 1, overdue; 0 where the item's type is no need of theirs. */
function dueness(item: number, { customer, calendar, catalogue, day, world }: Moment): number {
  const type = catalogue.typeOf[item]!
  if (!customer.needs.includes(type) || day < customer.arrivalDay - 1) return 0
  const age = ageOf(type, day, customer, calendar) / (productTypes[type]!.renewalDays * world.renewalScale)
  return Math.min(1, age * 1.2 - 0.5)
}

const codeOf = (name: string) => [...name].reduce((code, letter) => (code * 31 + letter.charCodeAt(0)) | 0, 7)
