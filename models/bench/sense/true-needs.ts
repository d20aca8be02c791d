import { dayMs } from "../../../src/core/time/durations.ts"
import type { DemoShop } from "../../simulate/seed-demo.ts"
import type { CustomerFacts } from "./customer-facts.ts"

/** A product type that a customer bought, by the item of it that they bought last. */
export interface Need {
  itemId: string
  /** P(the need has returned since that purchase), departures aside … */
  returned: number
  /** … and, if it has not, P(it does within the next 30 days). */
  soon: number
}

interface TrueNeedsOptions {
  facts: ReadonlyMap<string, CustomerFacts>
  userIdOf: ReadonlyMap<string, string>
  nowMs: number
}

const soonDays = 30

/** Returns what customers truly need again, of the types of product that they bought. */
export function trueNeeds({ items, truth }: Pick<DemoShop, "items" | "truth">, options: TrueNeedsOptions) {
  const { facts, userIdOf, nowMs } = options
  const typeOf = new Map(items.map(({ id, category = [] }) => [id, category.join("\n")]))
  const lastOf = (customerId: string) => {
    const last = new Map<string, { itemId: string; at: number }>()
    for (const [itemId, at] of facts.get(customerId)!.boughtAt) {
      const type = typeOf.get(itemId)!
      if (at > (last.get(type)?.at ?? Number.NEGATIVE_INFINITY)) last.set(type, { itemId, at })
    }
    return last
  }
  const needOf = (customerId: string, { itemId, at }: { itemId: string; at: number }): Need => {
    const by = (untilMs: number) => truth.needProbability(userIdOf.get(customerId)!, itemId, at, untilMs)
    const returned = by(nowMs)
    return { itemId, returned, soon: (by(nowMs + soonDays * dayMs) - returned) / Math.max(1e-9, 1 - returned) }
  }
  return {
    of: (customerId: string): Need[] => [...lastOf(customerId).values()].map((last) => needOf(customerId, last)),
    /** True if the customer bought the item, and more likely than not needs none of its type yet. */
    isTooSoon({ customerId, itemId }: { customerId: string; itemId: string }): boolean {
      if (!facts.get(customerId)!.boughtAt.has(itemId)) return false
      return needOf(customerId, lastOf(customerId).get(typeOf.get(itemId)!)!).returned < 0.5
    },
  }
}
