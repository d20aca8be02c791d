import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import { type Identifier, identifierKey } from "../../core/customer/identifier.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { epochMs } from "../database/epoch.ts"

export interface OwnedIdentifier extends Identifier {
  customerId: string
}

interface SharedIdentifier extends Identifier {
  /** Milliseconds since the epoch. */
  since: number
}

export interface IdentifierStore {
  /** The newest identifiers that so many share that they are nobody's, without those that the shop allowed. */
  shared(limit: number): Promise<SharedIdentifier[]>
  /** The same in order of type and value, starting behind `after`. */
  listShared(after: Identifier | null, limit: number): Promise<SharedIdentifier[]>
  /** Lets a shared identifier be somebody's from now on, however many share it; false where it was not shared. */
  allow(identifier: Identifier, actor: Actor): Promise<boolean>
  /** Identifiers after `after`, in order of type and value, that may stand in another form than they are compared in. */
  outdated(after: Identifier | null, limit: number): Promise<OwnedIdentifier[]>
  /** Gives an identifier its new value; false where somebody has that value already, or the old one is gone. */
  rename(from: OwnedIdentifier, value: string): Promise<boolean>
  attach(identifier: OwnedIdentifier): Promise<void>
  detach(identifier: Identifier): Promise<void>
}

export function createIdentifierStore(database: Database): IdentifierStore {
  return {
    async shared(limit) {
      const rows = await database.execute<SharedIdentifier & Record<string, unknown>>(sql`
        select type, value, ${epochMs("since")} as since from shared_identifiers
        where allowed_at is null order by shared_identifiers.since desc, type, value limit ${limit}`)
      return rows.map(({ type, value, since }) => ({ type, value, since }))
    },
    async listShared(after, limit) {
      const rows = await database.execute<SharedIdentifier & Record<string, unknown>>(sql`
        select type, value, ${epochMs("since")} as since from shared_identifiers
        where allowed_at is null
          and (${after?.type ?? null}::text is null or (type, value) > (${after?.type ?? null}::text, ${after?.value ?? null}::text))
        order by shared_identifiers.type, shared_identifiers.value limit ${limit}`)
      return rows.map(({ type, value, since }) => ({ type, value, since }))
    },
    allow: ({ type, value }, actor) =>
      database.transaction(async (transaction) => {
        const rows = await transaction.execute(sql`
          update shared_identifiers set allowed_at = now()
          where type = ${type} and value = ${value} and allowed_at is null returning 1`)
        if (rows.length === 0) return false
        const [owner] = await transaction.execute<{ id: string }>(
          sql`select customer_id as id from identifiers where type = ${type} and value = ${value}`,
        )
        await recordAudit(transaction, {
          actor,
          action: "identifiers.allow",
          subject: { kind: "identifier", id: identifierKey({ type, value }), customerId: owner?.id ?? null },
          before: { allowed: false },
          after: { allowed: true },
        })
        return true
      }),
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
