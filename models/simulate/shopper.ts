import type { Identifier } from "../../src/core/customer/identifier.ts"
import type { IncomingEvent } from "../../src/core/history/event.ts"
import { createRandom, hash32, type Random } from "../random.ts"
import type { Customer } from "./make-customer.ts"
import type { Calendar } from "./needs.ts"
import { streams } from "./streams.ts"

/** A customer while the events are made: what the shop has seen of them so far. */
export interface Shopper {
  customer: Customer
  calendar: Calendar
  seed: number
  random: Random
  /** Number of the calendar's occasions that are past. */
  occasionsPast: number
  messages: number
  orders: number
  devices: number
  deviceKnown: boolean
  cardKnown: boolean
  /** True if the shop has their e-mail address. */
  mailKnown: boolean
  /** Until when a delay or a complaint stays open. */
  openUntilMs: number
}

export function createShopper(customer: Customer, calendar: Calendar, seed: number): Shopper {
  return {
    customer,
    calendar,
    seed,
    random: createRandom(seed, streams.journey, customer.index),
    occasionsPast: 0,
    messages: 0,
    orders: 0,
    devices: 1,
    deviceKnown: false,
    cardKnown: false,
    mailKnown: false,
    openUntilMs: Number.NEGATIVE_INFINITY,
  }
}

export const account = ({ customer }: Shopper): Identifier => ({ type: "userId", value: customer.userId })
export const address = ({ customer }: Shopper): Identifier => ({ type: "email", value: customer.email })

function device({ customer, devices, seed }: Shopper): Identifier {
  const part = (salt: number) =>
    hash32(seed, streams.device, customer.index, devices, salt).toString(16).padStart(8, "0")
  return { type: "anonymousId", value: `${part(1)}${part(2)}` }
}

/** Returns the identifiers that a tracker on their present device can name. */
export const visitor = (shopper: Shopper): Identifier[] =>
  shopper.deviceKnown ? [account(shopper), device(shopper)] : [device(shopper)]

type Details = Pick<IncomingEvent, "at" | "name" | "identifiers"> &
  Partial<Pick<IncomingEvent, "lines" | "channel" | "properties" | "traits">>

/** The next event of a shopper; its message id is made from seed, customer and counter. */
export function eventOf(shopper: Shopper, { lines = [], properties = {}, at, ...details }: Details): IncomingEvent {
  shopper.messages++
  const messageId = `shop-${shopper.seed}-${shopper.customer.index + 1}-${shopper.messages}`
  return { messageId, at: Math.floor(at), lines, properties, ...details }
}

/** They log in: the device, the account, the address and, once, the card become one. */
export function login(shopper: Shopper, at: number): IncomingEvent {
  const { customer } = shopper
  const { loyaltyCard } = customer
  const linksCard = loyaltyCard !== undefined && !shopper.cardKnown
  const identifiers = [account(shopper), address(shopper), device(shopper)]
  if (linksCard) identifiers.push({ type: "loyaltyCard", value: loyaltyCard })
  shopper.deviceKnown = true
  shopper.mailKnown = true
  shopper.cardKnown ||= linksCard
  const traits = {
    email: customer.email,
    firstName: customer.firstName,
    lastName: customer.lastName,
    ...(customer.tellsSkinType && { skinType: customer.skinType }),
  }
  return eventOf(shopper, { at, name: "Customer Identified", identifiers, channel: customer.device, traits })
}
