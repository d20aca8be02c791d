import { holds } from "../../core/access/permissions.ts"
import type { Caller } from "../../core/access/scope.ts"
import {
  maskIdentifier,
  maskName,
  nameOf,
  type SearchAnswer,
  searchKeysOf,
} from "../../core/identity/search-customers.ts"
import type { Services } from "../../services.ts"

/** Finds customers by parts of their names and numbers, masked for keys that may not read customers. */
export async function searchCustomers(
  { store, settings }: Pick<Services, "store" | "settings">,
  { query, limit }: { query: string; limit: number },
  { scope }: Pick<Caller, "scope">,
): Promise<SearchAnswer> {
  const isMasked = !holds(scope, "customers:read")
  const { country } = settings.current()
  const found = await store.search.find(searchKeysOf(query, { country, isMasked }), limit + 1)
  return {
    customers: found.slice(0, limit).map(({ customerId, matched, traits, identifiers, updatedAt }) => {
      const name = nameOf(traits)
      return {
        customerId,
        name: isMasked && name !== null ? maskName(name) : name,
        identifiers: isMasked ? identifiers.map(maskIdentifier) : identifiers,
        matched,
        updatedAt: new Date(updatedAt).toISOString(),
      }
    }),
    masked: isMasked,
    hasMore: found.length > limit,
  }
}
