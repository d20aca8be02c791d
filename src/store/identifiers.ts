import { sql } from "drizzle-orm"
import type { Identifier } from "../core/customer/identifier.ts"
import type { Database } from "./database.ts"

export interface OwnedIdentifier extends Identifier {
  customerId: string
}

export interface IdentifierStore {
  /** Identifiers after `after`, in order of type and value, that may stand in another form than they are compared in. */
  outdated(after: Identifier | null, limit: number): Promise<OwnedIdentifier[]>
  /** Gives an identifier its new value; false where somebody has that value already, or the old one is gone. */
  rename(from: OwnedIdentifier, value: string): Promise<boolean>
  attach(identifier: OwnedIdentifier): Promise<void>
  detach(identifier: Identifier): Promise<void>
}

export function createIdentifierStore(database: Database): IdentifierStore {
  return {
    async outdated(after, limit) {
      const rows = await database.execute<OwnedIdentifier & Record<string, unknown>>(sql`
        select type, value, customer_id as "customerId" from identifiers
        where ((type = 'phone' and value !~ '^[+][0-9]{5,15}$') or value is not nfc normalized
            or (type = 'email' and value <> lower(value)))
          and (${after?.type ?? null}::text is null or (type, value) > (${after?.type ?? null}::text, ${after?.value ?? null}::text))
        order by type, value limit ${limit}`)
      return rows.map(({ type, value, customerId }) => ({ type, value, customerId }))
    },
    async rename({ type, value: old }, value) {
      const rows = await database.execute(sql`
        update identifiers set value = ${value} where type = ${type} and value = ${old}
          and not exists (select from identifiers taken where taken.type = ${type} and taken.value = ${value})
        returning 1`)
      return rows.length === 1
    },
    async attach({ type, value, customerId }) {
      await database.execute(sql`
        insert into identifiers (type, value, customer_id, attached_at) values (${type}, ${value}, ${customerId}, now())
        on conflict do nothing`)
    },
    async detach({ type, value }) {
      await database.execute(sql`delete from identifiers where type = ${type} and value = ${value}`)
    },
  }
}
