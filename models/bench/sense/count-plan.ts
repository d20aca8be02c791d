import type { Named, NamedFigures } from "./count-named.ts"
import type { CustomerFacts } from "./customer-facts.ts"
import { mapInTurn, type Product, planSends, readFacts, suggestionPlan } from "./product.ts"

interface PlanCounting {
  /** Gains the facts of customers whom only the plan names. */
  factsBy: Map<string, CustomerFacts>
  count: (named: readonly Named[], asked: number) => NamedFigures
  say: (line: string) => void
}

/** Asks for a plan of suggestions and counts what it names; `null` where it has no sends. */
export async function countPlan(product: Product, { factsBy, count, say }: PlanCounting): Promise<NamedFigures | null> {
  const planned = await planSends(product, suggestionPlan)
  if (typeof planned === "string" || planned.length === 0) {
    say(`no plan: ${typeof planned === "string" ? planned : "no sends"}`)
    return null
  }
  const unread = [...new Set(planned.map(({ customerId }) => customerId))].filter((id) => !factsBy.has(id))
  await mapInTurn(unread, async (id) => factsBy.set(id, await readFacts(product, id)))
  const named = planned.map(({ customerId, itemId }) => ({ customerId, offerId: "plan", itemIds: [itemId] }))
  const figures = count(named, planned.length)
  say(`plan of ${planned.length} sends: ${JSON.stringify(figures)}`)
  return figures
}
