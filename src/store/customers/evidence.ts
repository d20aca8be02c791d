import { sql } from "drizzle-orm"
import type { HeldConsent } from "../../core/customer/consent.ts"
import type { Identifier } from "../../core/customer/identifier.ts"
import { fold } from "../../core/history/fold.ts"
import { emptyHistory, type History } from "../../core/history/history.ts"
import type { IdentifierEvidence, TraitEvidence } from "../../core/identity/person-records.ts"
import type { ConsentPurpose } from "../../core/schema/channel.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { eventsInOrder } from "../events/event-rows.ts"
import type { CustomerEvent } from "../events/event-types.ts"
import type { ClaimedEvent } from "./customers.ts"

interface ConsentStatement {
  recordId: string | null
  purpose: ConsentPurpose
  statement: HeldConsent
  /** Milliseconds since the epoch. */
  toldAt: number
}

interface ToldBy {
  /** The fold of the events that were received by then. */
  history: History
  claimedEvents: ClaimedEvent[]
  identifiers: Identifier[]
  names: IdentifierEvidence[]
  traits: TraitEvidence[]
  consents: ConsentStatement[]
}

export interface EvidenceStore {
  /** Identifiers under which each record of a customer came, the newest `limit`. */
  identifiersOf(customerId: string, limit: number): Promise<IdentifierEvidence[]>
  /** Statements of a customer's records about traits, the newest `limit`. */
  traitsOf(customerId: string, limit: number): Promise<TraitEvidence[]>
  /** Reads what had been told of a customer's records by a moment (milliseconds since the epoch); of statements and of claims the newest. */
  toldBy(customerId: string, asOfMs: number, limits: { statements: number; claims: number }): Promise<ToldBy>
  /** Statements about a customer's consents, the newest `limit` first. */
  consentsOf(customerId: string, limit: number): Promise<ConsentStatement[]>
}

export function createEvidenceStore(database: Pick<Database, "execute">): EvidenceStore {
  const always = sql`true`
  const namesOf = async (customerId: string, limit: number, isTold = always) => [
    ...(await database.execute<IdentifierEvidence & Record<string, unknown>>(sql`
      select record_id as "recordId", type, value, given, ${epochMs("at")} as at, ${epochMs("told_at")} as "toldAt", claimed
      from record_identifiers where customer_id = ${customerId} and ${isTold}
      order by told_at desc, type, value limit ${limit}`)),
  ]
  const traitsOf = async (customerId: string, limit: number, isTold = always) => [
    ...(await database.execute<TraitEvidence & Record<string, unknown>>(sql`
      select record_id as "recordId", name, value, ${epochMs("at")} as at, ${epochMs("repeated_at")} as "repeatedAt",
        ${epochMs("told_at")} as "toldAt", claimed
      from record_traits where customer_id = ${customerId} and ${isTold}
      order by record_traits.repeated_at desc, record_traits.told_at desc, name limit ${limit}`)),
  ]
  const consentsOf = async (customerId: string, limit: number, isTold = always) => [
    ...(await database.execute<ConsentStatement & Record<string, unknown>>(sql`
      select record_id as "recordId", purpose, statement, ${epochMs("told_at")} as "toldAt"
      from consent_statements where customer_id = ${customerId} and ${isTold}
      order by consent_statements.told_at desc, id limit ${limit}`)),
  ]
  return {
    identifiersOf: (customerId, limit) => namesOf(customerId, limit),
    traitsOf: (customerId, limit) => traitsOf(customerId, limit),
    consentsOf: (customerId, limit) => consentsOf(customerId, limit),

    async toldBy(customerId, asOfMs, { statements: limit, claims }) {
      const isTold = sql`told_at <= ${toTimestamp(asOfMs)}`
      const [names, traits, consents, identifiers] = await Promise.all([
        namesOf(customerId, limit, isTold),
        traitsOf(customerId, limit, isTold),
        consentsOf(customerId, limit, isTold),
        database.execute<Identifier & Record<string, unknown>>(sql`
          select type, value from identifiers
          where customer_id = ${customerId} and attached_at <= ${toTimestamp(asOfMs)}
          order by attached_at, type, value`),
      ])
      const isReceived = sql`customer_id = ${customerId} and received_at <= ${toTimestamp(asOfMs)}`
      let history = emptyHistory
      let claimed: CustomerEvent[] = []
      for await (const events of eventsInOrder(database, isReceived)) {
        history = fold(history, events)
        claimed = [...claimed, ...events.filter(({ trust }) => trust !== undefined)].slice(-claims)
      }
      const claimedEvents = claimed.toReversed().map(({ name, at, properties: { orderId } }) => ({
        name,
        at,
        orderId: orderId === undefined || orderId === null ? null : String(orderId),
      }))
      return {
        history,
        claimedEvents,
        identifiers: identifiers.map(({ type, value }) => ({ type, value })),
        names,
        traits,
        consents,
      }
    },
  }
}
