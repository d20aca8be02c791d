import type { Channel } from "../core/customer/consent.ts"
import { type DecideAnswer, decide } from "../core/decision/decide.ts"
import { defaultPolicy, isOnSite } from "../core/decision/policy.ts"
import type { Services } from "../services.ts"
import type { CustomerRecord } from "../store/customers.ts"
import type { Decision } from "../store/decisions.ts"
import type { Reservation } from "../store/schema.ts"

export interface PreparedDecision {
  answer: DecideAnswer
  decision: Decision
  reservation: Reservation | undefined
}

interface Occasion {
  verb: "decide" | "content"
  placement: string
  channel: Channel
  locale?: string | undefined
}

/** Decides, and makes what must be recorded before the answer may be given. */
export function prepareDecision(
  { live, catalogue, acceptances, clock, newId }: Services,
  { customerId, history, consents }: CustomerRecord,
  { verb, placement, channel, locale }: Occasion,
): PreparedDecision {
  const id = newId()
  const at = clock()
  const policy = defaultPolicy
  const question = { decisionId: id, attempt: 0, nowMs: at, placement, channel, history, consents }
  const answer = decide(question, catalogue.current(), acceptances.current(), policy)
  const offerId = answer.chosen?.offer.id ?? null
  const minutes = isOnSite(channel) ? policy.expiresAfterMinutes.onSite : policy.expiresAfterMinutes.offSite
  const expiresAt = at + minutes * 60_000
  return {
    answer,
    decision: {
      id,
      customerId,
      at,
      verb,
      placement,
      channel,
      kind: answer.kind,
      offerId,
      releaseId: live.current()?.id ?? null,
      policyVersion: policy.version,
      trace: locale === undefined ? answer.trace : { ...answer.trace, locale },
      expiresAt: offerId === null ? null : expiresAt,
      activatedAt: null,
    },
    reservation:
      offerId === null ? undefined : { decisionId: id, offerId, channel, reservedAt: at, expiresAt, activatedAt: null },
  }
}
