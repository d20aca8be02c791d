import type { Actor } from "../../core/access/actor.ts"
import type { Identifier } from "../../core/customer/identifier.ts"
import type { Services } from "../../services.ts"

/** Erases a customer from every table, those they were merged from included. Erasing nobody is no error, so that it can be repeated. */
export const eraseCustomer = (
  { store }: Pick<Services, "store">,
  who: Identifier | { customerId: string },
  actor: Actor,
): Promise<{ customerId: string; rowsErased: number }> => store.customers.erase(who, actor)
