import type { IncomingEvent } from "../../src/core/history/event.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import { hashNormal, oneOf, type Random } from "../random.ts"
import { choiceOf, drawBasket, pick } from "./choice.ts"
import { createEventQueue, type EventQueue } from "./event-queue.ts"
import { browse, openMail, order, orderFromMail } from "./journeys.ts"
import { type Customer, moodIn } from "./make-customer.ts"
import { impulse } from "./needs.ts"
import { inducedProbability, returnProbability } from "./response.ts"
import type { Scene } from "./scene.ts"
import type { Setting } from "./setting.ts"
import { createShopper, type Shopper } from "./shopper.ts"
import { daysPerYear, logistic, streams } from "./streams.ts"
import { weekOf } from "./timeline.ts"

const hourMs = dayMs / 24
const daysPerMonth = 28
const daysAhead = 2
const timesAhead = 8

/** The events of all customers in order of time, made day by day. */
export function* narrate(setting: Setting): Generator<IncomingEvent> {
  const { timeline, seed, people } = setting
  const shoppers = people.map(({ customer, calendar }) => createShopper(customer, calendar, seed))
  const queue = createEventQueue()
  for (let day = 0; day < timeline.days; day++) {
    for (const shopper of shoppers) live(shopper, day, setting, queue)
    yield* queue.before(Math.min(timeline.startOf(day + 1), timeline.endMs + 1))
  }
}

/** One day of one customer: their campaign mail, a visit, an order. */
function live(shopper: Shopper, day: number, setting: Setting, queue: EventQueue): void {
  const { customer, calendar, random } = shopper
  if (day < customer.arrivalDay || day >= customer.departureDay) return
  const today: number[] = []
  for (; calendar.occasions[shopper.occasionsPast]?.day === day; shopper.occasionsPast++) {
    today.push(calendar.occasions[shopper.occasionsPast]!.type)
  }
  const next = calendar.occasions[shopper.occasionsPast]
  const nextType = next !== undefined && next.day <= day + daysAhead ? next.type : undefined
  const mailed = isMailDay(day, setting) && customer.marketing && shopper.mailKnown
  const visits = random() < visitProbability(customer, day, nextType !== undefined, setting)
  if (!mailed && !visits && today.length === 0) return
  const scene = sceneOf(shopper, day, setting, queue)
  const dayStartMs = setting.timeline.startOf(day)
  if (mailed) receiveMail(shopper, day, scene, setting)
  if (visits) browse(shopper, typeToSee(nextType, shopper, scene), dayStartMs + waking(random), scene)
  const basket = today.flatMap((type) => drawBasket(type, scene.choice, setting.catalogue, setting.world, random))
  if (basket.length > 0) order(shopper, basket, dayStartMs + waking(random), scene)
}

function sceneOf({ customer, calendar }: Shopper, day: number, setting: Setting, queue: EventQueue): Scene {
  const { world, seed, catalogue } = setting
  const choice = choiceOf(customer, weekOf(day), catalogue, world, seed)
  const moment = { customer, calendar, choice, day, catalogue, world, seed }
  return {
    world,
    catalogue,
    choice,
    queue,
    returnProbability: (item) => returnProbability(moment, item),
    crowding: Math.exp(0.5 * hashNormal(seed, streams.crowding, weekOf(day)) - 0.125),
  }
}

/** They look around more often just before they order; the first day always brings a visit. */
function visitProbability(customer: Customer, day: number, isOrderNear: boolean, { world, seed }: Setting): number {
  if (day === customer.arrivalDay && day > 0) return 1
  const rate = (world.browseSessionsPerYear / daysPerYear) * customer.pace * (isOrderNear ? timesAhead : 1)
  return 1 - Math.exp(-rate * moodIn(weekOf(day), customer, world, seed))
}

function typeToSee(nextType: number | undefined, { customer, random }: Shopper, { choice }: Scene): number {
  if (nextType !== undefined && nextType !== impulse) return nextType
  if (customer.needs.length > 0 && random() < 0.5) return oneOf(random, customer.needs)
  return pick(choice.ofImpulse(), random) ?? 0
}

function isMailDay(day: number, { world, mailed }: Setting): boolean {
  const campaignsBefore = (days: number) => Math.floor((days * world.emailsPerMonth) / daysPerMonth)
  return mailed.length > 0 && campaignsBefore(day + 1) > campaignsBefore(day)
}

/** A campaign gives every reader an offer by lot, so that its responses can be compared. */
function receiveMail(shopper: Shopper, day: number, scene: Scene, setting: Setting): void {
  const { random, customer, calendar } = shopper
  const sentMs = setting.timeline.startOf(day) + 9 * hourMs
  const offer = oneOf(random, setting.mailed)
  const moment = { customer, calendar, choice: scene.choice, day, ...setting }
  const openCase = shopper.openUntilMs > sentMs
  const accepts = random() < inducedProbability(moment, offer, { channel: "email", atMs: sentMs, openCase })
  const campaign = `campaign-${day}`
  const atMs = sentMs + 14 * hourMs * random() ** 3
  if (accepts) {
    const percent = Number(offer.content.discountPercent ?? 0)
    const item = setting.catalogue.indexById.get(offer.itemId!)!
    orderFromMail(shopper, { atMs, item, campaign, discount: { offerId: offer.id, percent } }, scene)
  } else if (random() < logistic(customer.openOdds)) openMail(shopper, atMs, offer.id, campaign, scene)
}

/** Between 7 and 22 o'clock, more often late. */
const waking = (random: Random) => (7 + 15 * Math.sqrt(random())) * hourMs - hourMs
