import type { Item } from "../catalogue/item.ts"
import { timeZoneOf } from "../decision/candidate.ts"
import { type CapacityUsage, claimsOf } from "../decision/capacity-usage.ts"
import type { Reservation } from "../decision/contact.ts"
import { type ReservationRequest, reservationRefusal } from "../decision/reservation-request.ts"
import type { History } from "../history/history.ts"
import { finalStateOf, type SendState, type SendTimes, type Transition, transition } from "../history/send-state.ts"
import type { PlanRequest } from "../policy/plan-request.ts"
import type { Policy } from "../policy/policy.ts"
import { createItemFacts } from "../possession/item-facts.ts"
import { dayMs } from "../time/durations.ts"
import { planConstraints } from "./plan-constraints.ts"
import {
  approachId,
  customerRefusal,
  type GateCustomer,
  inFlightRefusal,
  isGift,
  itemRefusal,
  offerKindOf,
  type PlanConstraints,
  shipsGoods,
} from "./plan-gates.ts"
import type { PlanStatus } from "./plan-schema.ts"
import { sendClaims } from "./resource-claims.ts"

/** Rows that decide whether a send changes its state; whoever applies the verdict holds their locks. */
export interface TransitionRows {
  send: {
    id: string
    planId: string
    itemId: string
    state: SendState
    times: SendTimes
    inHoldout: boolean
    gift: boolean
    segment: string
    /** Money at risk. */
    money: number
    vetoUntil: number | null
  }
  plan: { status: PlanStatus; request: PlanRequest; haltedSegments: readonly string[] }
  profile: Pick<GateCustomer, "consents"> & { history: History; traits: Readonly<Record<string, unknown>> }
  policy: Policy
  item: Item | undefined
}

/** Returns whether the send alone, whatever its plan and customer, may enter a state. */
export function evaluateState(send: TransitionRows["send"], to: SendState): Transition {
  if (send.inHoldout && to !== "vetoed")
    return {
      refused: "this customer is in the plan's holdout, which is never sent to, so that the increment can be measured",
    }
  return transition(send, finalStateOf(to, send.gift))
}

/** Returns whether a send may enter a state: its own state, its plan and, before it is reserved or leaves, the gates decide. */
export function evaluateTransition(rows: TransitionRows, to: SendState, nowMs: number): Transition {
  const verdict = evaluateState(rows.send, to)
  if (verdict !== "apply") return verdict
  const refused = planRefusal(rows, to) ?? (to === "dispatched" ? dispatchRefusal(rows, nowMs) : null)
  return refused === null ? "apply" : { refused }
}

const startable: readonly PlanStatus[] = ["approved", "running"]

/** Returns why the plan stops a send, or `null`: only a running plan reserves and dispatches; ends are always recorded. */
function planRefusal({ plan: { status, haltedSegments }, send }: TransitionRows, to: SendState): string | null {
  const leaves = to === "reserved" || to === "dispatched"
  if ((leaves && status !== "running") || (to === "approved" && !startable.includes(status)))
    return `its plan is ${status}, so nothing more leaves`
  return leaves && haltedSegments.includes(send.segment) ? `its plan is halted for the segment ${send.segment}` : null
}

/** Returns why a send must not leave (veto period, withdrawn opt-in, open case, …), or `null`. */
function dispatchRefusal({ send, profile, plan, policy, item }: TransitionRows, nowMs: number): string | null {
  if (send.vetoUntil !== null && nowMs < send.vetoUntil)
    return `the customer may veto it until ${new Date(send.vetoUntil).toISOString()}`
  const constraints = constraintsOnSend(plan.request, policy, nowMs)
  if (!send.gift && isGift(constraints, profile.consents)) return noOptIn
  // The send holds a unit of its own, so the last one in stock may leave.
  const inStock = item && shipsGoods(plan.request.autonomyLevel) ? { ...item, stock: 1 } : item
  const refusal = customerRefusal(profile, constraints) ?? itemRefusal(profile, inStock, undefined, constraints)
  return refusal?.reason ?? boughtSince(send, profile.history, nowMs)
}

/** Returns a plan's constraints on one of its sends; when an item is needed again was weighed as the plan was made. */
function constraintsOnSend(request: PlanRequest, policy: Policy, nowMs: number): PlanConstraints {
  const constraints = planConstraints(request, policy, nowMs)
  return { ...constraints, possession: { ...constraints.possession, minNeededAgain: 0 } }
}

function boughtSince({ itemId, times }: TransitionRows["send"], history: History, nowMs: number): string | null {
  const lastAt = createItemFacts(history, nowMs)(itemId).boughtAt.at(-1)
  if (lastAt === undefined || times.proposed === undefined || lastAt < times.proposed) return null
  return "the customer has bought it since the plan was made"
}

const noOptIn = "the customer's opt-in to unasked parcels is no longer known"

/** Limits that one reservation after another uses up. */
export interface ReservationRoom {
  /** Sends of the plan that the customer got or will get. */
  ofPlan: number
  /** Sends of any plan to the customer that have not ended. */
  inFlight: number
  reservations: readonly Reservation[]
  capacityUsage: CapacityUsage
}

/** Returns why contact, money, volume or stock for a send cannot be reserved, or `null`. */
export function sendReservationRefusal(
  { send, profile, plan, policy, item }: TransitionRows,
  request: ReservationRequest,
  { ofPlan, inFlight, reservations, capacityUsage }: ReservationRoom,
  nowMs: number,
): string | null {
  const constraints = constraintsOnSend(plan.request, policy, nowMs)
  if (!send.gift && isGift(constraints, profile.consents)) return noOptIn
  if (ofPlan >= plan.request.budgets.contactsPerCustomer)
    return `the plan has already reached this customer ${ofPlan} times`
  const refusal =
    customerRefusal(profile, constraints) ??
    inFlightRefusal({ inFlight }, constraints) ??
    itemRefusal(profile, item, undefined, constraints) ??
    reservationRefusal(request, reservations, capacityUsage)
  return refusal?.reason ?? boughtSince(send, profile.history, nowMs)
}

/** Returns what a send reserves: a contact with the customer, and money, volume, stock and room in flight. */
export function sendReservationRequest(
  { send, profile, plan, policy, item }: TransitionRows,
  nowMs: number,
): ReservationRequest {
  const { request } = plan
  const { autonomyLevel, channel } = planConstraints(request, policy, nowMs)
  const approach = { offerId: approachId(send.itemId), kind: offerKindOf[autonomyLevel], channel }
  const { offerId, kind } = approach
  return {
    approach,
    reservation: {
      decisionId: send.id,
      ...approach,
      reservedAt: nowMs,
      expiresAt: nowMs + request.reservationDays * dayMs,
      activatedAt: null,
    },
    contact: policy.contact,
    timeZone: timeZoneOf(profile, policy),
    isService: false,
    claims: [
      ...sendClaims(send, request, item),
      ...claimsOf({ id: offerId, kind, volume: undefined, cost: send.money }, policy, nowMs),
    ],
  }
}
