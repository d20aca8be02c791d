import type { Identifier } from "../../core/customer/identifier.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"

export interface CustomerExport {
  customerId: string
  /** Rows by table. */
  tables: Record<string, readonly unknown[]>
}

/** All that is held of a customer, from every table, those they were merged from included. */
export async function exportCustomer(
  { store }: Pick<Services, "store">,
  who: Identifier | { customerId: string },
): Promise<CustomerExport> {
  const { customerId } = await store.customers.read(who)
  const tables = await store.customers.exportAll(customerId)
  if (tables === null) throw new ApiError("notFound", "no data is stored about this customer")
  return { customerId, tables }
}
