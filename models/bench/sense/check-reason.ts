import type { Reason } from "./answers.ts"
import type { CustomerFacts } from "./customer-facts.ts"

const leastShare = 0.1
const operatorsWords = /\bworth\b|\bpropensit|\bexplor|chosen to learn|\bmargin\b|\bscore\b|\d\.\d/i
const pastOf: Readonly<Record<string, (facts: CustomerFacts, itemId: string) => boolean>> = {
  becauseYouBought: ({ boughtAt }, itemId) => boughtAt.has(itemId),
  becauseYouViewed: ({ viewed, boughtAt }, itemId) => viewed.has(itemId) || boughtAt.has(itemId),
  becauseYouAdded: ({ viewed }, itemId) => viewed.has(itemId),
  buyAgain: ({ boughtAt }, itemId) => boughtAt.has(itemId),
}

/** True if a reason's cause is in the customer's past and carries enough, in words for a customer. */
export function isTrueReason({ code, itemId, share, text }: Reason, facts: CustomerFacts): boolean {
  if (operatorsWords.test(text.replace(/\d+(\.\d+)? (ml|g)\b/g, ""))) return false
  if (share !== undefined && share < leastShare) return false
  const isPast = pastOf[code]
  return isPast === undefined || itemId === undefined || isPast(facts, itemId)
}
