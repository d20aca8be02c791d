import { largestItemShare } from "../policy/item-share.ts"
import type { PlanRequest } from "../policy/plan-request.ts"
import type { SendPlan } from "./optimize-plan.ts"
import type { SendCandidates, SendLimits } from "./send-problem.ts"

/** Returns how many of so many sends may be of one item, so that its share holds without the holdout too; at least one. */
export function mostOfItem(
  sends: number,
  { stock }: Pick<SendLimits, "stock">,
  { budgets, holdoutShare }: Pick<PlanRequest, "budgets" | "holdoutShare">,
): number {
  const share = largestItemShare(stock.length, budgets.maxItemShare)
  return share >= 1 ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(share * (1 - holdoutShare) * sends))
}

/** Returns the limits with at most so many sends of an item as its share of `sends` allows. */
export function withItemLimits(
  limits: SendLimits,
  sends: number,
  { budgets, holdoutShare }: Pick<PlanRequest, "budgets" | "holdoutShare">,
): SendLimits {
  const most = mostOfItem(sends, limits, { budgets, holdoutShare })
  return { ...limits, stock: Array.from(limits.stock, (stock) => Math.min(stock, most)) }
}

/** Returns the most sends that candidates and limits allow at all. */
export function mostSends({ offsets }: SendCandidates, { volume, contacts }: SendLimits): number {
  let most = 0
  for (let customer = 0; customer + 1 < offsets.length; customer++) {
    const allowed = typeof contacts === "number" ? contacts : contacts[customer]!
    most += Math.min(allowed, offsets[customer + 1]! - offsets[customer]!)
  }
  return Math.min(volume, most)
}

/** Returns how many sends of a plan are of its most frequent item. */
export function largestItem({ rows }: Pick<SendPlan, "rows">, { item }: SendCandidates): number {
  const counts = new Map<number, number>()
  let largest = 0
  for (const row of rows) {
    const count = (counts.get(item[row]!) ?? 0) + 1
    counts.set(item[row]!, count)
    largest = Math.max(largest, count)
  }
  return largest
}
