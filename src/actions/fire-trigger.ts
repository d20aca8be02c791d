import { contextOf, type Happening, judgeTrigger, occasionOf, type Trigger } from "../core/proactive/trigger.ts"
import { offerFace } from "../render/ranked-items.ts"
import type { Services } from "../services.ts"
import type { OutboxMessage } from "../store/outbox.ts"
import { withPicks } from "./pick-items.ts"
import { recordDecision } from "./record-decision.ts"

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

/** Decides what a trigger's placement has for a customer; decision, reservation and message stand in one transaction or not at all. */
export async function fireTrigger(
  services: Services,
  { placement, trigger }: Pick<PlacedTrigger, "placement" | "trigger">,
  happening: Happening,
): Promise<FiringResult> {
  const { store, clock, live, catalogue } = services
  const customer = await store.customers.read({ customerId: happening.customerId })
  const nowMs = clock()
  const rebuy = live.current()?.rebuy ?? null
  const { history } = customer
  const reason = judgeTrigger(trigger, happening, { history, rebuy, catalogue: catalogue.current(), nowMs })
  if (reason === null) return "nothing"

  const { customerId } = customer
  const { channel, locale } = trigger
  const occasion = { verb: "decide", placement, channel, locale, context: contextOf(trigger, reason) } as const
  const firing = { customerId, placement, trigger: trigger.id, ...occasionOf(trigger, reason, nowMs), at: nowMs }
  const { recorded } = await recordDecision(services, customer, occasion, {
    complete: (decided) => withPicks(services, customer, decided),
    record: async (decided) => {
      // What a draw gave to silence is remembered, as drawing again until it gives something would be another draw.
      if (!decided.answer.trace.options.some(({ offerId }) => offerId !== null)) return "nothing" as const
      const { decision, booking } = decided
      return store.triggers.fire(firing, { decision, booking, message: messageOf(services, trigger, decided) })
    },
  })
  return recorded
}

/** What others are told of what was decided; `null` of silence. */
function messageOf(
  { catalogue }: Services,
  { id: trigger }: Trigger,
  { answer, decision, picks, shown }: ReturnType<typeof withPicks>,
): OutboxMessage | null {
  const { chosen } = answer
  if (chosen === null) return null
  const { id: decisionId, customerId, placement, channel, expiresAt, at } = decision
  return {
    subject: decisionId,
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
      offer: offerFace(chosen, shown!, picks, catalogue.current()),
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    },
  }
}
