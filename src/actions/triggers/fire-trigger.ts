import type { RenderedCandidate } from "../../core/decision/arbitrate.ts"
import {
  confirmTriggerEvent,
  firingWindowOf,
  isAboutCart,
  type TriggerEvent,
  triggerAttributes,
} from "../../core/decision/trigger.ts"
import { type TriggerFacts, triggerFacts } from "../../core/decision/trigger-facts.ts"
import { cartOf } from "../../core/history/cart.ts"
import type { Trigger } from "../../core/policy/trigger-schema.ts"
import { dayMs } from "../../core/time/durations.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import { backToCart, cartItems } from "../../render/cart-mail.ts"
import { renderBlock } from "../../render/content.ts"
import { rankedItems, toOfferView } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { FiredDecision } from "../../store/policies/triggers.ts"
import type { Store } from "../../store/store.ts"
import type { OutboxMessage } from "../../store/webhooks/outbox.ts"
import { type Click, createClickSigner } from "../content/click-token.ts"
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
  const cart = isAboutCart(trigger)
    ? cartOf(await store.triggers.cartEvents(customer.customerId, event.at - cartDays * dayMs))
    : null
  const shop = catalogue.current()
  const reason = confirmTriggerEvent(trigger, event, { history, rebuy, catalogue: shop, nowMs, cart, isOut })
  if (reason === null) return "nothing"
  const facts = triggerFacts(trigger, reason, { history, cart, items: shop.items, nowMs })

  const { customerId } = customer
  const { channel, locale } = trigger
  const attributes = triggerAttributes(trigger, reason)
  const query: DecisionQuery = { verb: "decide", placement, channel, locale, attributes, trigger: facts }
  const firing = { customerId, placement, trigger: trigger.id, ...firingWindowOf(trigger, reason, nowMs), at: nowMs }
  const sign = channel === "email" ? await createClickSigner(services) : null
  const { recorded } = await recordDecision(services, customer, query, async (main) => {
    // A draw of `nothing` among offers is recorded too, because drawing until it gives an offer would be another draw.
    if (!main.answer.trace.options.some(({ offerId }) => offerId !== null)) return "nothing" as const
    const fireWith = (joining: ReadyDecision | null) =>
      store.triggers.fire(firing, firedOf(services, { facts, sign }, main, joining))
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

/** Days before its last addition that a cart is read back. */
const cartDays = 30

/** Parts of a firing's messages beside its decisions. */
interface Messaged {
  facts: TriggerFacts
  /** Signs the links of a mail; `null` where the channel is another. */
  sign: ((click: Click) => string) | null
}

/** Returns the mail of a decision in HTML and in plain text; one about a cart shows that cart. */
function mailOf(
  services: Services,
  { cart }: TriggerFacts,
  sign: (click: Click) => string,
  { decision, picks, chosen, locale }: ReadyDecision & { chosen: RenderedCandidate },
): { html: string; text: string } {
  const shop = services.catalogue.current()
  const { publicUrl } = services.config
  const offer = toOfferView(chosen, cart ? [] : picks, shop)
  const items = cart ? cartItems(cart) : rankedItems(picks, shop, { offer: chosen.offer })
  const reader = { locale, currency: services.settings.current().currency }
  const { html, text } = renderBlock(cart ? backToCart(offer, cart, locale) : offer, items, reader, (address) =>
    publicUrl === undefined ? address : `${publicUrl}/v1/c/${sign({ decisionId: decision.id, address })}`,
  )
  return { html, text }
}

/** Returns the decisions that a firing writes: its own, and the recovery that joins it. */
function firedOf(
  services: Services,
  firing: Messaged,
  main: ReadyDecision,
  joining: ReadyDecision | null,
): FiredDecision[] {
  const { decision, reservationRequest } = main
  const message = messageOf(services, firing, main, joining ? { joined: joining.decision.id } : {})
  if (joining === null) return [{ decision, reservationRequest, message }]
  const joinedMessage = messageOf(services, firing, joining, { joins: decision.id })
  return [
    { decision, reservationRequest, message },
    { decision: joining.decision, reservationRequest: joining.reservationRequest, message: joinedMessage },
  ]
}

/** Returns the webhook message about a decision, or `null` for `nothing`. A recovery's message follows that of its notice. */
function messageOf(
  services: Services,
  { facts, sign }: Messaged,
  ready: ReadyDecision,
  together: { joins?: string; joined?: string },
): OutboxMessage | null {
  const { answer, decision, picks, legalBasis } = ready
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
      trigger: facts.id,
      triggeredBy: facts,
      placement,
      channel,
      kind: answer.kind,
      legalBasis,
      offer: toOfferView(chosen, picks, services.catalogue.current()),
      ...(sign && mailOf(services, facts, sign, { ...ready, chosen })),
      expiresAt: isoOrNull(expiresAt),
      ...together,
    },
  }
}
