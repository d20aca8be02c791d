import type { IncomingEvent, ProductLine } from "../../src/core/history/event.ts"
import type { Channel } from "../../src/core/schema/channel.ts"
import { below, oneOf, type Random } from "../random.ts"
import { afterOrder } from "./aftermath.ts"
import { pick } from "./choice.ts"
import type { Scene } from "./scene.ts"
import { account, address, eventOf, login, type Shopper, visitor } from "./shopper.ts"

export interface Discount {
  offerId: string
  percent: number
}

/** A visit that looks around in one product type; now and then something stays behind in the basket. */
export function browse(shopper: Shopper, type: number, startMs: number, scene: Scene): void {
  const { random, customer } = shopper
  takeUpDevice(shopper, scene)
  const seen = lookAround(type, scene, random)
  const last = seen.at(-1)
  let at = view(shopper, seen, startMs, scene)
  if (last !== undefined && random() < 0.12) {
    at += pause(random)
    const lines = [lineOf(last, scene)]
    scene.queue.add(
      eventOf(shopper, { at, name: "Product Added", identifiers: visitor(shopper), lines, channel: customer.device }),
    )
  }
  if (!shopper.deviceKnown && random() < scene.world.loginShare) scene.queue.add(login(shopper, at + pause(random)))
}

/** An order in one of the channels: in the shop with the card, by telephone, or online after looking around. */
export function order(shopper: Shopper, basket: readonly number[], startMs: number, scene: Scene): void {
  const { random, customer } = shopper
  const lines = linesOf(basket, scene)
  if (customer.loyaltyCard !== undefined && random() < customer.storeShare) {
    const identifiers = [{ type: "loyaltyCard" as const, value: customer.loyaltyCard }]
    complete(shopper, { at: startMs, identifiers, channel: "store" }, lines, scene)
  } else if (random() < customer.callCentreShare) {
    complete(shopper, { at: startMs, identifiers: [account(shopper)], channel: "call-centre" }, lines, scene)
  } else {
    takeUpDevice(shopper, scene)
    const others = lookAround(scene.catalogue.typeOf[basket[0]!]!, scene, random).slice(1)
    orderOnline(shopper, view(shopper, [...others, ...basket], startMs, scene), lines, scene)
  }
}

/** They open an e-mail that carries an offer. */
export function openMail(shopper: Shopper, atMs: number, offerId: string, campaign: string, scene: Scene): void {
  const properties = { offerId, campaign }
  const identifiers = [address(shopper)]
  scene.queue.add(eventOf(shopper, { at: atMs, name: "Email Opened", identifiers, channel: "email", properties }))
}

/** They open an e-mail, follow it and order what it offers, at its discount. */
export function orderFromMail(
  shopper: Shopper,
  { atMs, item, campaign, discount }: { atMs: number; item: number; campaign: string; discount: Discount },
  scene: Scene,
): void {
  openMail(shopper, atMs, discount.offerId, campaign, scene)
  const properties = { offerId: discount.offerId, campaign }
  const clickedAt = atMs + pause(shopper.random)
  const click = {
    at: clickedAt,
    name: "Email Link Clicked",
    identifiers: [address(shopper)],
    channel: "email" as const,
  }
  scene.queue.add(eventOf(shopper, { ...click, properties }))
  orderOnline(
    shopper,
    view(shopper, [item], clickedAt, scene),
    linesOf([item], scene, discount.percent),
    scene,
    discount,
  )
}

function orderOnline(
  shopper: Shopper,
  fromMs: number,
  lines: readonly ProductLine[],
  scene: Scene,
  discount?: Discount,
) {
  const { random, customer } = shopper
  const channel = customer.device
  let at = fromMs
  for (const line of lines) {
    at += pause(random)
    const identifiers = visitor(shopper)
    scene.queue.add(eventOf(shopper, { at, name: "Product Added", identifiers, lines: [line], channel }))
  }
  if (!shopper.deviceKnown) {
    at += pause(random)
    scene.queue.add(login(shopper, at))
  }
  at += pause(random)
  complete(shopper, { at, identifiers: visitor(shopper), channel }, lines, scene, discount)
}

type OrderPlace = Pick<IncomingEvent, "at" | "identifiers"> & { channel: Channel }

function complete(
  shopper: Shopper,
  place: OrderPlace,
  lines: readonly ProductLine[],
  scene: Scene,
  discount?: Discount,
) {
  shopper.orders++
  const orderId = `o-${shopper.customer.index + 1}-${shopper.orders}`
  const total = Number(lines.reduce((sum, { price = 0, quantity }) => sum + price * quantity, 0).toFixed(2))
  const properties = { orderId, total, currency: "EUR", ...(discount && { coupon: discount.offerId }) }
  scene.queue.add(eventOf(shopper, { ...place, name: "Order Completed", lines, properties }))
  const isDelivered = place.channel !== "store"
  const identifiers = isDelivered ? [account(shopper)] : place.identifiers
  afterOrder(shopper, { orderId, identifiers, at: place.at, lines, isDelivered }, scene)
}

function takeUpDevice(shopper: Shopper, { world }: Scene): void {
  if (shopper.random() >= world.newDeviceShare) return
  shopper.devices++
  shopper.deviceKnown = false
}

function view(shopper: Shopper, items: readonly number[], startMs: number, scene: Scene): number {
  let at = startMs
  for (const item of items) {
    at += pause(shopper.random)
    const { id, price } = scene.catalogue.items[item]!
    const lines = [{ itemId: id, quantity: 1, ...(price !== undefined && { price }) }]
    const identifiers = visitor(shopper)
    const channel = shopper.customer.device
    scene.queue.add(eventOf(shopper, { at, name: "Product Viewed", identifiers, lines, channel }))
  }
  return at
}

/** Looking is less choosy than buying, and wanders to what goes with the item before. */
function lookAround(type: number, { world, catalogue, choice }: Scene, random: Random): number[] {
  const odds = choice.ofType(type)
  const weights = odds.weights.map((weight) => Math.sqrt(weight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const seen: number[] = []
  do {
    const before = seen.at(-1)
    const wandered =
      before !== undefined && random() < 0.25 ? oneOf(random, [...catalogue.partners[before]!]) : undefined
    const place = wandered === undefined ? pick({ weights, total }, random) : undefined
    const item = wandered ?? (place === undefined ? undefined : catalogue.itemsOfType[type]![place])
    if (item === undefined) return seen
    seen.push(item)
  } while (random() < 1 - 1 / world.viewsPerSession)
  return seen
}

function linesOf(basket: readonly number[], scene: Scene, discountPercent = 0): ProductLine[] {
  const quantities = new Map<number, number>()
  for (const item of basket) quantities.set(item, (quantities.get(item) ?? 0) + 1)
  return [...quantities].map(([item, quantity]) => lineOf(item, scene, quantity, discountPercent))
}

function lineOf(item: number, { catalogue }: Scene, quantity = 1, discountPercent = 0): ProductLine {
  const { id, price = 0 } = catalogue.items[item]!
  return { itemId: id, quantity, price: Number(((price * (100 - discountPercent)) / 100).toFixed(2)) }
}

const pause = (random: Random) => 15_000 + below(random, 120_000)
