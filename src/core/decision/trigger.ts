import type { Catalogue } from "../catalogue/catalogue.ts"
import { type Cart, cartEventNames } from "../history/cart.ts"
import type { ProductLine } from "../history/event.ts"
import { readEventName } from "../history/event-name.ts"
import { type History, openCases } from "../history/history.ts"
import type { Trigger } from "../policy/trigger-schema.ts"
import type { Rebuy } from "../repurchase/rebuy.ts"
import { customerRebuy } from "../repurchase/rebuy.ts"
import { replenishmentCandidates } from "../repurchase/replenishment-candidates.ts"
import { dayMs, hourMs } from "../time/durations.ts"
import { lastScheduled } from "../time/schedule.ts"

/** Returns the event that fires a trigger and the delay in milliseconds, or `null` for a trigger that concerns all customers. */
export function eventRuleOf({
  when,
}: Pick<Trigger, "when">): { event: string; afterMs: number; unless: string[] } | null {
  if ("event" in when)
    return { event: storedName(when.event), afterMs: when.delayHours * hourMs, unless: when.unless.map(storedName) }
  if ("cartAbandonedAfterHours" in when)
    return {
      event: "Product Added",
      afterMs: when.cartAbandonedAfterHours * hourMs,
      unless: ["Product Added", "Order Completed"],
    }
  return "caseOpenForHours" in when
    ? { event: "Complaint Opened", afterMs: when.caseOpenForHours * hourMs, unless: [] }
    : null
}

/** Events are stored under their canonical names, however a rule or a sender spells them. */
const storedName = (name: string): string => readEventName(name, { hasProduct: true }).name

/** Returns when a trigger for all customers was last due: at its scheduled time, or at midnight UTC for repurchases. */
export const lastDueAt = ({ when }: Pick<Trigger, "when">, nowMs: number): number =>
  "schedule" in when ? lastScheduled(when.schedule, nowMs) : Math.floor(nowMs / dayMs) * dayMs

/** Returns whether a trigger is about the cart: by its rule, or by the event that it waits for. */
export function isAboutCart(trigger: Pick<Trigger, "when">): boolean {
  const rule = eventRuleOf(trigger)
  return rule !== null && rule.event !== "Order Completed" && cartEventNames.some((name) => name === rule.event)
}

/** An event of a customer that a trigger waits for. */
export interface TriggerEvent {
  customerId: string
  /** Milliseconds since the epoch. */
  at: number
  /** Absent for a trigger that no event fires. */
  name?: string
  properties: Readonly<Record<string, unknown>>
  lines?: readonly ProductLine[]
}

/** Returns the context attributes of a triggered decision: the trigger, its event and the ids that the event names. */
export function triggerAttributes(
  trigger: Trigger,
  { properties }: TriggerEvent,
): Record<string, string | number | boolean> {
  const said = ["orderId", "complaintId", "itemId"].flatMap((key) => {
    const value = properties[key]
    return typeof value === "number" || (typeof value === "string" && value.length <= 200)
      ? [[key, value] as const]
      : []
  })
  const { when } = trigger
  return { trigger: trigger.id, ...("event" in when && { event: when.event }), ...Object.fromEntries(said) }
}

interface ConfirmationInputs {
  history: History
  rebuy: Rebuy | null
  catalogue: Catalogue
  nowMs: number
  /** The cart that the customer's events leave; `null` where the trigger is about none. */
  cart: Cart | null
  /** Returns whether an item makes no sense for the customer now. */
  isOut?: (itemId: string) => boolean
}

/**
 * Returns the event that makes a trigger fire for a customer of this history, or `null` when it no longer holds: the case was closed,
 * nothing is left in the cart that was not bought since, or the repurchase is less likely than required, cannot be filled or has no release that predicts it.
 */
export function confirmTriggerEvent(
  { when }: Trigger,
  event: TriggerEvent,
  { history, rebuy, catalogue, nowMs, cart, isOut }: ConfirmationInputs,
): TriggerEvent | null {
  if ("cartAbandonedAfterHours" in when) return cart !== null && cart.lines.length > 0 ? event : null
  if ("caseOpenForHours" in when) {
    const id = event.properties.complaintId ?? event.properties.orderId ?? ""
    return openCases(history.complaints).includes(String(id)) ? event : null
  }
  if (!("minRepurchaseProbability" in when)) return event
  const [likeliest] =
    rebuy === null
      ? []
      : replenishmentCandidates({ nowMs, limit: 1, isOut }, customerRebuy(history, rebuy, nowMs), catalogue)
  if (likeliest === undefined || likeliest.score < when.minRepurchaseProbability) return null
  return { ...event, properties: { itemId: likeliest.itemId } }
}

/**
 * Returns the window that a trigger fires once in, of `cooldownHours` or the time of its schedule, and the time since when no other
 * firing may be.
 */
export function firingWindowOf(
  { when, cooldownHours }: Trigger,
  { at }: TriggerEvent,
  nowMs: number,
): { firingWindow: string; notSinceMs: number } {
  if ("schedule" in when) return { firingWindow: new Date(at).toISOString(), notSinceMs: at }
  const windowMs = cooldownHours * hourMs
  const start = Math.floor(nowMs / windowMs) * windowMs
  return { firingWindow: new Date(start).toISOString(), notSinceMs: nowMs - windowMs }
}
