import type { Identifier } from "../../src/core/customer/identifier.ts"
import type { ProductLine } from "../../src/core/history/event.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import { below, oneOf } from "../random.ts"
import type { Scene } from "./scene.ts"
import { account, eventOf, type Shopper } from "./shopper.ts"

interface PlacedOrder {
  orderId: string
  /** Identifiers that the shop knows the order by. */
  identifiers: readonly Identifier[]
  at: number
  lines: readonly ProductLine[]
  isDelivered: boolean
}

const unresolvedShare = 0.08
const unresolvedMs = 60 * dayMs

/** Simulates what follows an order: its delivery, in time or late, perhaps a complaint, perhaps a return. */
export function afterOrder(shopper: Shopper, order: PlacedOrder, scene: Scene): void {
  const arrivedAt = order.isDelivered ? deliver(shopper, order, scene) : order.at
  const { random } = shopper
  const lines = order.lines.filter(
    ({ itemId }) => random() < scene.returnProbability(scene.catalogue.indexById.get(itemId)!),
  )
  if (lines.length === 0) return
  const at = arrivedAt + (2 + 14 * random()) * dayMs
  const properties = { orderId: order.orderId, reason: oneOf(random, ["did not suit", "not as expected", "unwanted"]) }
  scene.queue.add(eventOf(shopper, { at, name: "Order Refunded", identifiers: order.identifiers, lines, properties }))
}

function deliver(shopper: Shopper, { orderId, at }: PlacedOrder, { world, crowding, queue }: Scene): number {
  const { random } = shopper
  const identifiers = [account(shopper)]
  const promisedAt = at + (2 + 3 * random()) * dayMs
  const isLate = random() < Math.min(1, world.lateDeliveryShare * crowding)
  const deliveredAt = isLate ? promisedAt + (1 + 7 * random()) * dayMs : promisedAt
  if (isLate) {
    const properties = { orderId, expectedAt: new Date(Math.floor(deliveredAt)).toISOString() }
    queue.add(eventOf(shopper, { at: promisedAt, name: "Delivery Delayed", identifiers, properties }))
    shopper.openUntilMs = Math.max(shopper.openUntilMs, deliveredAt)
  }
  queue.add(eventOf(shopper, { at: deliveredAt, name: "Delivery Completed", identifiers, properties: { orderId } }))
  const complains = random() < (isLate ? world.complaintAfterDelay : world.complaintOtherwise)
  if (complains) complain(shopper, orderId, isLate ? promisedAt : deliveredAt, isLate, queue)
  return deliveredAt
}

function complain(shopper: Shopper, orderId: string, fromMs: number, isLate: boolean, queue: Scene["queue"]): void {
  const { random } = shopper
  const at = fromMs + (0.1 + 2 * random()) * dayMs
  const topic = isLate ? "late delivery" : oneOf(random, ["damaged", "wrong item", "skin reaction"])
  const complaintId = `c-${orderId.slice(2)}-${below(random, 9000) + 1000}`
  const common = { identifiers: [account(shopper)], channel: "call-centre" as const }
  const properties = { complaintId, orderId, topic }
  queue.add(eventOf(shopper, { ...common, at, name: "Complaint Opened", properties }))
  if (random() < unresolvedShare) {
    shopper.openUntilMs = Math.max(shopper.openUntilMs, at + unresolvedMs)
    return
  }
  const resolvedAt = at + (0.2 + 9 * random() ** 2) * dayMs
  queue.add(
    eventOf(shopper, { ...common, at: resolvedAt, name: "Complaint Resolved", properties: { complaintId, orderId } }),
  )
  shopper.openUntilMs = Math.max(shopper.openUntilMs, resolvedAt)
}
