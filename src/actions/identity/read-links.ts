import type { Caller } from "../../core/access/scope.ts"
import type { CustomerReference } from "../../core/customer/identifier.ts"
import type { RecordLinks } from "../../core/identity/record-link.ts"
import { pageOf } from "../../core/schema/page.ts"
import type { Services } from "../../services.ts"
import { findCustomer } from "../customers/find-customer.ts"

/** Returns a page of why the records of a customer are one person, and of whom they are said not to be. */
export async function readLinks(
  services: Services,
  reference: CustomerReference,
  { cursor, limit }: { cursor?: number | undefined; limit: number },
  caller: Caller,
): Promise<RecordLinks> {
  const { customerId } = await findCustomer(services, reference, caller)
  const found = await services.store.identity.linksOf(customerId, cursor ?? null, limit + 1)
  const { page, nextCursor } = pageOf(found, limit, ({ id }) => String(id))
  return { customerId, links: page.map((link) => ({ ...link, at: new Date(link.at).toISOString() })), nextCursor }
}
