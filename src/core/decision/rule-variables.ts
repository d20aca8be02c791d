import type { Offer } from "../catalogue/offer.ts"
import { hasConsent } from "../customer/consent.ts"
import type { Policy } from "../policy/policy.ts"
import { createPossession } from "../possession/possession.ts"
import type { RuleVariables } from "../rules/rule.ts"
import { dayMs } from "../time/durations.ts"
import { localTime } from "../time/local-time.ts"
import type { Candidate, DecisionContext } from "./candidate.ts"
import { hasOpenCase, timeZoneOf } from "./candidate.ts"

/** Offer that rules about the customer alone are evaluated with. */
export const noOffer: Offer = {
  id: "none",
  kind: "promotion",
  title: "none",
  value: 0,
  cost: 0,
  currency: "EUR",
  content: {},
}

/** Returns a function that gives the rule variables of a candidate; those of the context are computed once. */
export function createRuleVariables(context: DecisionContext, policy: Policy): (candidate: Candidate) => RuleVariables {
  const { history, consents, nowMs, placement, channel, traits = {}, locale, attributes = {} } = context
  const daysSince = (at: number | null | undefined) => (at == null ? undefined : Math.max(0, nowMs - at) / dayMs)
  const daysSinceOrder = daysSince(history.lastOrderAt)
  const daysSinceEvent = daysSince(history.lastAt)
  const possession = context.possession ?? createPossession(history, nowMs)
  const silence = possession.silence()
  const customer = {
    known: history.lastAt !== null,
    stage: history.stage,
    orders: history.orders,
    openCase: hasOpenCase(context, policy),
    ...(daysSinceOrder !== undefined && { daysSinceOrder }),
    ...(daysSinceEvent !== undefined && { daysSinceEvent }),
    ...(silence !== undefined && { usualIntervalDays: silence.usualIntervalDays, silence: silence.intervals }),
    traits,
    consents: Object.fromEntries(
      Object.keys(consents).map((purpose) => [
        purpose,
        hasConsent(consents, purpose as keyof typeof consents, channel),
      ]),
    ),
  }
  const moment = {
    placement,
    channel,
    ...(locale !== undefined && { locale }),
    ...localTime(nowMs, timeZoneOf(context, policy)),
    attributes,
  }
  const trigger = { ...context.trigger }
  return ({ offer, item }) => {
    const past = item && Object.hasOwn(history.items, item.id) ? history.items[item.id] : undefined
    const daysSinceTouched = daysSince(past?.lastAt)
    const facts = item && possession.of(item.id)
    const daysSinceBought = item && possession.daysSinceBought(item.id)
    const neededAgain = item && possession.neededAgain(item)
    return {
      customer,
      context: moment,
      trigger,
      offer: {
        id: offer.id,
        kind: offer.kind,
        title: offer.title,
        value: offer.value,
        cost: offer.cost,
        ...(offer.theme !== undefined && { theme: offer.theme }),
      },
      item:
        item === undefined
          ? {}
          : {
              id: item.id,
              title: item.title,
              bought: facts!.bought,
              returned: facts!.returned,
              onItsWay: facts!.onItsWay,
              inCart: facts!.inCart,
              ...(daysSinceBought !== undefined && { daysSinceBought }),
              ...(neededAgain !== undefined && { neededAgain }),
              ...(item.price !== undefined && { price: item.price }),
              ...(item.currency !== undefined && { currency: item.currency }),
              ...(item.stock !== undefined && { stock: item.stock }),
              ...(item.url !== undefined && { url: item.url }),
              ...(item.image !== undefined && { image: item.image }),
              ...(item.validFrom !== undefined && { validFrom: item.validFrom }),
              ...(item.validTo !== undefined && { validTo: item.validTo }),
              ...(item.margin !== undefined && { margin: item.margin }),
              ...(item.brand !== undefined && { brand: item.brand }),
              ...(item.category !== undefined && { category: item.category }),
              attributes: item.attributes ?? {},
              ...(daysSinceTouched !== undefined && { daysSinceTouched }),
            },
    }
  }
}
