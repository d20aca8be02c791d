import { createRuleVariables, noOffer } from "../../core/decision/rule-variables.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { evaluateRule, neverTrue, ruleFault, unknownCause } from "../../core/rules/rule.ts"
import { factsIn, type RuleCheck, type RuleCheckRequest } from "../../core/rules/rule-check.ts"
import type { Services } from "../../services.ts"
import { createYielder } from "../../store/database/yielder.ts"

type Tools = Pick<Services, "store" | "catalogue" | "policies" | "clock">

const customersARead = 50
const causesShown = 10

/** Checks a rule without storing it, and tries it on some customers. Throws `notFound` for an unknown offer or item. */
export async function checkRule(services: Tools, request: RuleCheckRequest): Promise<RuleCheck> {
  const { rule } = request
  const error = ruleFault(rule) ?? null
  if (error !== null) return { valid: false, error, warnings: [], facts: factsIn(rule), sample: null }
  const candidate = candidateOf(services, request)
  const sample = await sampleOf(services, request, candidate)
  const contradiction = neverTrue(rule)
  return {
    valid: true,
    error,
    warnings: [
      ...(contradiction === undefined ? [] : [contradiction]),
      ...(sample.customers > 0 && sample.true === 0
        ? [`it excludes all ${sample.customers} customers that it was tried on`]
        : []),
    ],
    facts: factsIn(rule),
    sample,
  }
}

function candidateOf({ catalogue }: Tools, { offerId, itemId }: RuleCheckRequest) {
  const { offers, items } = catalogue.current()
  const offer = offerId === undefined ? noOffer : offers.get(offerId)
  if (offer === undefined) throw new ApiError("notFound", `there is no offer ${offerId}; send it to /v1/offers`)
  const named = itemId ?? offer.itemId
  const item = named === undefined ? undefined : items.get(named)
  if (itemId !== undefined && item === undefined)
    throw new ApiError("notFound", `there is no item ${itemId}; send it to /v1/items`)
  return { offer, item }
}

async function sampleOf(
  { store, policies, clock }: Tools,
  { rule, placement, customers: most }: RuleCheckRequest,
  candidate: ReturnType<typeof candidateOf>,
) {
  const policy = policies.of(placement)
  const nowMs = clock()
  const counts = { customers: 0, true: 0, false: 0, unknown: 0 }
  const causes = new Map<string, number>()
  const yieldIfDue = createYielder()
  for (let after: string | null = null; counts.customers < most; ) {
    const customers = await store.plans.customers(after, Math.min(customersARead, most - counts.customers))
    for (const { history, consents, traits } of customers) {
      await yieldIfDue()
      const moment = { nowMs, placement, channel: "web" as const, history, consents, traits }
      const variables = createRuleVariables(moment, policy)(candidate)
      const verdict = evaluateRule(rule, variables)
      counts.customers++
      counts[verdict === "unknown" ? "unknown" : verdict ? "true" : "false"]++
      if (verdict !== "unknown") continue
      const cause = unknownCause(rule, variables)
      causes.set(cause, (causes.get(cause) ?? 0) + 1)
    }
    after = customers.at(-1)?.customerId ?? null
    if (after === null) break
  }
  return {
    ...counts,
    causes: [...causes]
      .map(([cause, customers]) => ({ cause, customers }))
      .sort((a, b) => b.customers - a.customers)
      .slice(0, causesShown),
  }
}
