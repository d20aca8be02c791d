import { sql } from "drizzle-orm"
import type { HeldConsent } from "../../core/customer/consent.ts"
import type { IdentifierEvidence, TraitEvidence } from "../../core/identity/person-records.ts"
import type { ConsentPurpose } from "../../core/schema/channel.ts"
import type { Database } from "../database/database.ts"
import { epochMs } from "../database/epoch.ts"

interface ConsentStatement {
  recordId: string | null
  purpose: ConsentPurpose
  statement: HeldConsent
  /** Milliseconds since the epoch. */
  toldAt: number
}

export interface EvidenceStore {
  /** Identifiers under which each record of a customer came, the newest `limit`. */
  identifiersOf(customerId: string, limit: number): Promise<IdentifierEvidence[]>
  /** Statements of a customer's records about traits, the newest `limit`. */
  traitsOf(customerId: string, limit: number): Promise<TraitEvidence[]>
  /** Statements about a customer's consents, the newest `limit` first. */
  consentsOf(customerId: string, limit: number): Promise<ConsentStatement[]>
}

export function createEvidenceStore(database: Pick<Database, "execute">): EvidenceStore {
  return {
    async identifiersOf(customerId, limit) {
      const rows = await database.execute<IdentifierEvidence & Record<string, unknown>>(sql`
        select record_id as "recordId", type, value, given, ${epochMs("at")} as at, ${epochMs("told_at")} as "toldAt", claimed
        from record_identifiers where customer_id = ${customerId}
        order by told_at desc, type, value limit ${limit}`)
      return [...rows]
    },

    async traitsOf(customerId, limit) {
      const rows = await database.execute<TraitEvidence & Record<string, unknown>>(sql`
        select record_id as "recordId", name, value, ${epochMs("at")} as at, ${epochMs("repeated_at")} as "repeatedAt",
          ${epochMs("told_at")} as "toldAt", claimed
        from record_traits where customer_id = ${customerId}
        order by record_traits.repeated_at desc, record_traits.told_at desc, name limit ${limit}`)
      return [...rows]
    },

    async consentsOf(customerId, limit) {
      const rows = await database.execute<ConsentStatement & Record<string, unknown>>(sql`
        select record_id as "recordId", purpose, statement, ${epochMs("told_at")} as "toldAt"
        from consent_statements where customer_id = ${customerId} order by consent_statements.told_at desc, id limit ${limit}`)
      return [...rows]
    },
  }
}
