import { matchesFilter } from "../../core/catalogue/item-filter.ts"
import { timeZoneOf } from "../../core/decision/candidate.ts"
import { createRuleVariables } from "../../core/decision/rule-variables.ts"
import type { CandidateColumns } from "../../core/plan/candidate-columns.ts"
import { planConstraints, withoutQuietHours } from "../../core/plan/plan-constraints.ts"
import { type Forecaster, minCertifiedProbability } from "../../core/plan/plan-forecast.ts"
import { type GateCustomer, shipsGoods } from "../../core/plan/plan-gates.ts"
import type { PlanTally } from "../../core/plan/plan-tally.ts"
import { stockKey } from "../../core/plan/resource-claims.ts"
import { firstClosedGate, type WeighingInputs, weighCustomer } from "../../core/plan/weigh-customer.ts"
import type { PlanRequest } from "../../core/policy/plan-request.ts"
import type { Policy } from "../../core/policy/policy.ts"
import { evaluateRule, type RuleVariables } from "../../core/rules/rule.ts"
import type { Services } from "../../services.ts"
import type { PlanCustomer } from "../../store/customers/plan-customers.ts"
import { createYielder } from "../../store/database/yielder.ts"
import { customerArm } from "../customers/customer-arm.ts"

type Tools = Pick<Services, "store" | "config" | "live" | "catalogue" | "policies" | "clock">

export interface WeighCustomersOptions {
  forecaster: Forecaster
  tally: PlanTally
  columns: CandidateColumns
  onCustomers: (done: number) => void
  signal?: AbortSignal | undefined
}

/** Reading more at once would keep others waiting while the answer is parsed. */
const customersARead = 50

/** Collects the candidates of every customer that pass a plan's gates, a few customers at a time. */
export async function weighCustomers(
  services: Tools,
  request: PlanRequest,
  { forecaster, tally, columns, onCustomers, signal }: WeighCustomersOptions,
): Promise<void> {
  const nowMs = services.clock()
  const policy = services.policies.of(request.placement)
  const weighing = weighingOf(services, request, policy, nowMs)
  const certified = minCertifiedProbability(forecaster, request)
  const yieldIfDue = createYielder()
  let done = 0
  // The next are on their way from the database while these are weighed.
  let next = services.store.plans.customers(null, customersARead)
  for (;;) {
    const customers: PlanCustomer[] = await next
    if (customers.length === 0) return
    next = services.store.plans.customers(customers.at(-1)!.customerId, customersARead)
    next.catch(() => {})
    for (const customer of customers) {
      await yieldIfDue()
      signal?.throwIfAborted()
      weighOne(customer)
    }
    done += customers.length
    onCustomers(done)
  }

  function weighOne(customer: PlanCustomer): void {
    tally.countCustomer()
    if (customerArm(services, customer.customerId).name === "holdout") {
      tally.excludeCustomer("universalHoldout")
      return
    }
    const asked = { ...customer, timeZone: timeZoneOf(customer, policy) }
    const gate = firstClosedGate(asked, weighing.terms)
    const facts = gate === null ? customerFacts(customer, request, policy, weighing.terms) : null
    if (facts === null) tally.excludeCustomer(gate!)
    else if (request.audience !== undefined && evaluateRule(request.audience, facts) !== true)
      tally.excludeCustomer("audience")
    else weighItems(asked, facts)
  }

  function weighItems(customer: PlanCustomer & GateCustomer, facts: RuleVariables): void {
    tally.countEligible()
    const chosenBy = shipsGoods(request.autonomyLevel) ? "taste" : "takeUp"
    const forecasts = forecaster.forecast(customer, nowMs, request.candidatesPerCustomer, chosenBy)
    const wanted = forecasts.filter(({ itemId }) => isWanted(weighing, request, itemId))
    const { items, itemsRefusedBy } = weighCustomer(customer, wanted, weighing)
    const worth = items.filter(({ value }) => value > 0)
    const likely = worth.filter(({ keep }) => keep >= request.minKeepProbability)
    const sure = likely.filter(({ keep }) => keep >= certified)
    tally.excludeItems("items", forecasts.length - wanted.length)
    for (const [by, count] of itemsRefusedBy) tally.excludeItems(by, count)
    tally.excludeItems("expectedValue", items.length - worth.length)
    tally.excludeItems("minKeepProbability", worth.length - likely.length)
    tally.excludeItems("certificate", likely.length - sure.length)
    if (worth.length > 0) tally.addBest(worth.reduce((best, one) => (one.value > best.value ? one : best)))
    if (sure.length > 0) columns.add(customer.customerId, segmentOf(request, facts), sure)
  }
}

function weighingOf(
  { live, catalogue, policies }: Pick<Services, "live" | "catalogue" | "policies">,
  request: PlanRequest,
  policy: Policy,
  nowMs: number,
): WeighingInputs {
  const { items } = catalogue.current()
  return {
    terms: withoutQuietHours(planConstraints(request, policy, nowMs)),
    costs: request.costs,
    items,
    stockLeft: stockLeftOf(items, policies.capacityUsage()),
    renewal: live.current()?.renewal ?? null,
  }
}

/** Returns the unreserved units of an item; `undefined`: not counted. */
export const stockLeftOf =
  (items: WeighingInputs["items"], held: ReadonlyMap<string, number>): WeighingInputs["stockLeft"] =>
  (itemId) => {
    const stock = items.get(itemId)?.stock
    return stock === undefined ? undefined : stock - (held.get(stockKey(itemId)) ?? 0)
  }

function isWanted({ items }: WeighingInputs, { items: filter }: PlanRequest, itemId: string): boolean {
  const item = items.get(itemId)
  return filter === undefined || (item !== undefined && matchesFilter(item, filter))
}

/** Offer that a plan's rules see, since they are about customers only. */
const planAsOffer = {
  offer: { id: "plan", kind: "parcel", title: "plan", value: 0, cost: 0, currency: "EUR", content: {} },
  item: undefined,
} as const

const customerFacts = (
  { history, consents, traits }: PlanCustomer,
  { placement }: PlanRequest,
  policy: Policy,
  { nowMs, channel }: WeighingInputs["terms"],
): RuleVariables => createRuleVariables({ nowMs, placement, channel, history, consents, traits }, policy)(planAsOffer)

const segmentOf = ({ segments }: PlanRequest, facts: RuleVariables): string =>
  segments.find(({ rule }) => evaluateRule(rule, facts) === true)?.id ?? "other"
