import type { Offer } from "../catalogue/offer.ts"
import { serviceKinds } from "../decision/candidate.ts"

/** Returns why content may not show an offer to a customer who must not be sold to, or `null`: it is a service message that names no item and takes nothing off a price. */
export function serviceFallbackFault(id: string, offer: Offer | undefined): string | null {
  if (offer === undefined) return `there is no offer ${id}; send it to /v1/offers`
  if (!serviceKinds.has(offer.kind)) return `offer ${id} is a ${offer.kind}; name a notice or a recovery`
  if (offer.itemId !== undefined || offer.items !== undefined) return `offer ${id} is bound to items, which would sell`
  if (offer.discount !== undefined) return `offer ${id} has a discount, which would sell`
  return null
}
