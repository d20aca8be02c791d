import { serviceFallbackFault } from "../../core/content/service-fallback.ts"
import { localeOf } from "../../core/customer/locale.ts"
import type { RenderedCandidate } from "../../core/decision/arbitrate.ts"
import { createEligibilityFilter } from "../../core/decision/stages.ts"
import { exchangeOf } from "../../core/settings/exchange.ts"
import { renderTreatment } from "../../render/treatment.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import { type ContentSlot, contentChannel } from "./own-content.ts"

/**
 * Returns the service message that a placement names for customers who must not be sold to, or `null` where it names none or the policy's
 * rules, its validity or consent refuse it. It books no contact, so limits on contacts do not concern it.
 */
export function serviceMessage(
  services: Pick<Services, "live" | "catalogue" | "policies" | "settings" | "clock">,
  { placement, locale }: Pick<ContentSlot, "placement" | "locale">,
  customer: CustomerRecord,
): Pick<RenderedCandidate, "offer" | "item" | "shown"> | null {
  const policy = services.policies.of(placement)
  const { offers, items } = services.catalogue.current()
  const id = policy.serviceFallback
  const offer = id === null ? undefined : offers.get(id)
  if (id === null || offer === undefined || serviceFallbackFault(id, offer) !== null) return null
  const settings = services.settings.current()
  const nowMs = services.clock()
  const { history, consents, traits, reachableBy } = customer
  const context = {
    nowMs,
    placement,
    channel: contentChannel,
    locale: locale ?? localeOf(traits) ?? settings.locale,
    history,
    consents,
    traits,
    reachableBy,
    possession: customerPossession(services, customer, policy, nowMs).possession,
    exchange: exchangeOf(settings),
  } as const
  const candidate = { offer, item: undefined }
  const { drop } = createEligibilityFilter(context, policy, services.policies.capacityUsage())(candidate)
  if (drop !== null) return null
  const shown = renderTreatment(candidate, context, items, policy)
  return "fault" in shown ? null : { ...candidate, shown }
}
