import {
  confirmTriggerEvent,
  firingWindowOf,
  type TriggerEvent,
  triggerAttributes,
} from "../../core/decision/trigger.ts"
import type { Trigger } from "../../core/policy/trigger-schema.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import { toOfferView } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { FiredDecision } from "../../store/policies/triggers.ts"
import type { Store } from "../../store/store.ts"
import type { OutboxMessage } from "../../store/webhooks/outbox.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import type { DecisionQuery } from "../decisions/prepare-decision.ts"
import { type ReadyDecision, recordDecision } from "../decisions/record-decision.ts"
import { mayBeJoined } from "./join-notice.ts"

export interface PlacedTrigger {
  placement: string
  trigger: Trigger
  /** Since when its policy is in force; a time of day before that is none of its own. */
  sinceMs: number
}

/**
 * `fired`: decided, and recorded with what follows. `standing`: it has fired for this customer before. `nothing`: no offer may be made
 * now, or none is left to make; nothing is recorded, so that it can be later.
 */
export type FiringResult = "fired" | "standing" | "nothing"

/**
 * Decides what a trigger's placement has for a customer, and beside a notice what recovery joins it; decisions, reservations and messages
 * stand in one transaction or not at all.
 */
export async function fireTrigger(
  services: Services,
  { placement, trigger }: Pick<PlacedTrigger, "placement" | "trigger">,
  event: TriggerEvent,
): Promise<FiringResult> {
  const { store, clock, live, catalogue } = services
  const customer = await store.customers.read({ customerId: event.customerId })
  const nowMs = clock()
  const rebuy = live.current()?.rebuy ?? null
  const { history } = customer
  const { isOut } = customerPossession(services, customer, services.policies.of(placement), nowMs)
  const reason = confirmTriggerEvent(trigger, event, { history, rebuy, catalogue: catalogue.current(), nowMs, isOut })
  if (reason === null) return "nothing"

  const { customerId } = customer
  const { channel, locale } = trigger
  const attributes = triggerAttributes(trigger, reason)
  const query: DecisionQuery = { verb: "decide", placement, channel, locale, attributes }
  const firing = { customerId, placement, trigger: trigger.id, ...firingWindowOf(trigger, reason, nowMs), at: nowMs }
  const { recorded } = await recordDecision(services, customer, query, async (main) => {
    // A draw of `nothing` among offers is recorded too, because drawing until it gives an offer would be another draw.
    if (!main.answer.trace.options.some(({ offerId }) => offerId !== null)) return "nothing" as const
    const fireWith = (joining: ReadyDecision | null) =>
      store.triggers.fire(firing, firedOf(services, trigger, main, joining))
    const result = mayBeJoined(main) ? await fireJoined(main.decision.id, fireWith) : await fireWith(null)
    return typeof result === "string" ? result : result.refusal
  })
  return recorded

  /** Decides which recovery joins a notice; decides again when recording refuses it, at last `nothing`. */
  async function fireJoined(
    noticeId: string,
    fireWith: (joining: ReadyDecision | null) => ReturnType<Store["triggers"]["fire"]>,
  ) {
    const joined = await recordDecision(services, customer, { ...query, joins: noticeId }, async (joining) => {
      const result = await fireWith(joining.answer.chosen === null ? null : joining)
      const isItsOwn = typeof result !== "string" && result.decisionId === joining.decision.id
      return isItsOwn ? result.refusal : result
    })
    return joined.recorded
  }
}

/** Returns the decisions that a firing writes: its own, and the recovery that joins it. */
function firedOf(
  services: Services,
  trigger: Trigger,
  main: ReadyDecision,
  joining: ReadyDecision | null,
): FiredDecision[] {
  const { decision, reservationRequest } = main
  const message = messageOf(services, trigger, main, joining ? { joined: joining.decision.id } : {})
  if (joining === null) return [{ decision, reservationRequest, message }]
  const joinedMessage = messageOf(services, trigger, joining, { joins: decision.id })
  return [
    { decision, reservationRequest, message },
    { decision: joining.decision, reservationRequest: joining.reservationRequest, message: joinedMessage },
  ]
}

/** Returns the webhook message about a decision, or `null` for `nothing`. A recovery's message follows that of its notice. */
function messageOf(
  { catalogue }: Services,
  { id: trigger }: Trigger,
  { answer, decision, picks, legalBasis }: ReadyDecision,
  together: { joins?: string; joined?: string },
): OutboxMessage | null {
  const { chosen } = answer
  if (chosen === null) return null
  const { id: decisionId, customerId, placement, channel, expiresAt, at } = decision
  return {
    subject: together.joins ?? decisionId,
    type: "decision.made",
    customerId,
    at,
    payload: {
      decisionId,
      customerId,
      trigger,
      placement,
      channel,
      kind: answer.kind,
      legalBasis,
      offer: toOfferView(chosen, picks, catalogue.current()),
      expiresAt: isoOrNull(expiresAt),
      ...together,
    },
  }
}
