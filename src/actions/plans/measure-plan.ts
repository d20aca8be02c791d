import { customerValue } from "../../core/plan/customer-value.ts"
import { type CustomerOutcome, measureIncrement } from "../../core/plan/measure-increment.ts"
import type { PlanMonitoring } from "../../core/plan/plan-schema.ts"
import type { Services } from "../../services.ts"
import { createYielder } from "../../store/database/yielder.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"

type Tools = Pick<Services, "store" | "catalogue" | "clock">

const customersARead = 200

/** Measures the increment in money a customer since the plan's start, sent to against holdout; `null` before the start. */
export async function measurePlan(
  { store, catalogue, clock }: Tools,
  { id, request, startedAt }: StoredPlan,
): Promise<PlanMonitoring["increment"]> {
  if (startedAt === null) return null
  const yieldIfDue = createYielder()
  const { items } = catalogue.current()
  const span = { from: startedAt, until: clock() }
  const outcomes: Required<CustomerOutcome>[] = []
  for (let after: string | null = null; ; ) {
    const customers = await store.plans.planned(id, after, customersARead)
    for (const customer of customers) {
      await yieldIfDue()
      const { sends } = customer
      outcomes.push({
        inHoldout: sends.some(({ inHoldout }) => inHoldout),
        value: customerValue(customer, request, items, span),
        expected: sends.reduce((sum, { expectedValue }) => sum + expectedValue, 0),
      })
    }
    if (customers.length < customersARead) break
    after = customers.at(-1)!.customerId
  }
  const { sent, holdout, increment, low, high, verdict } = measureIncrement(outcomes)
  const finite = (value: number) => (Number.isFinite(value) ? value : null)
  const expected = outcomes.reduce((sum, one) => sum + one.expected, 0) / outcomes.length
  return {
    sent,
    holdout,
    perCustomer: finite(increment),
    low: finite(low),
    high: finite(high),
    expected: finite(expected),
    verdict,
  }
}
