import type { Offer } from "../catalogue/offer.ts"
import { type DecisionTrace, keyOfOption } from "./trace.ts"

/**
 * Returns whether the customer's taste led to an offer rather than its value: its items were picked for them, it refills what they
 * bought, or they accept it more likely than the other offers it was weighed against.
 */
export function isTasteDecisive(
  { options }: Pick<DecisionTrace, "options">,
  chosenKey: string,
  { kind, items, itemId }: Pick<Offer, "kind" | "items" | "itemId">,
): boolean {
  if (kind === "replenishment" || items !== undefined || itemId === undefined) return true
  const chances = options.flatMap(({ offerId, propensity }) => (offerId === null ? [] : (propensity ?? [])))
  const mean = chances.reduce((sum, chance) => sum + chance, 0) / chances.length
  const own = options.find((option) => keyOfOption(option) === chosenKey)?.propensity ?? 0
  return own > mean * (1 + minLead)
}

/** Lead over the mean chance from which the chance carries a choice. */
const minLead = 0.1
