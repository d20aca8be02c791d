import { sql } from "drizzle-orm"
import type { HeldConsent } from "../../core/customer/consent.ts"
import { type Identifier, normalizeIdentifier } from "../../core/customer/identifier.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import type { ConsentPurpose } from "../../core/schema/channel.ts"
import type { Database } from "../database/database.ts"
import { columnToTimestamp } from "../database/epoch.ts"

/** An event as evidence: who it turned out to concern, and what it tells of its record. */
export interface Testimony {
  event: Pick<IncomingEvent, "identifiers" | "messageId" | "at" | "traits">
  /** Earlier name of the record that an alias tells. */
  previous?: Identifier | undefined
  /** Id of the record that it came under. */
  recordId: string
  customerId: string
  /** True if a public key told it, unless the customer's own token came with it. */
  isClaim: boolean
  /** Time when it was told, milliseconds since the epoch. */
  toldAt: number
}

/** Nobody has more browsers than this; what public keys tell of a customer beyond it is not kept. */
const maxClaimsOfCustomer = 100
/** Characters of a trait's name and its JSON; a longer one is left out, as it is of the customer's traits. */
const maxTraitLength = 2200

/** Returns the record that an event came under: the one that its first identifier names. */
export const recordOf = ({ identifiers: [first] }: Pick<IncomingEvent, "identifiers">): Identifier =>
  normalizeIdentifier(first!)

/**
 * Writes what events tell of their records, once each: under which identifiers a record came, and each trait where it differs from
 * the record's word of that moment; a word that is repeated is as new as its repetition.
 */
export async function writeEvidence(transaction: Pick<Database, "execute">, told: readonly Testimony[]): Promise<void> {
  await Promise.all([writeNames(transaction, told), writeTraits(transaction, told)])
}

const roomForClaims = (table: "record_identifiers" | "record_traits") => sql`
  (not given.claimed or (select count(*) from ${sql.identifier(table)} claims
    where claims.customer_id = given.customer and claims.claimed) < ${maxClaimsOfCustomer}::int)`

/** A record that comes with an identifier of another record of its customer is linked to the first such: that is why both are one. */
async function writeNames(transaction: Pick<Database, "execute">, told: readonly Testimony[]): Promise<void> {
  const rows = told.flatMap((testimony) =>
    [...testimony.event.identifiers, ...(testimony.previous ? [testimony.previous] : [])].map((identifier) => ({
      ...sourceOf(testimony),
      ...normalizeIdentifier(identifier),
      given: "given" in identifier ? (identifier.given ?? null) : null,
    })),
  )
  await transaction.execute(sql`
    with added as (
    insert into record_identifiers (customer_id, record_id, type, value, given, at, told_at, message_id, claimed)
    select customer, record, type, value, given, ${columnToTimestamp("at")}, ${columnToTimestamp("told")}, message, claimed
    from json_to_recordset(${JSON.stringify(rows)}::json) as given(
      customer uuid, record uuid, type text, value text, given text, at float8, told float8, message text, claimed boolean)
    where not exists (select from record_identifiers standing
        where standing.customer_id = given.customer and standing.record_id = given.record
          and standing.type = given.type and standing.value = given.value and standing.claimed <= given.claimed)
      and ${roomForClaims("record_identifiers")}
    on conflict do nothing returning customer_id, record_id, type, value, told_at
    ),
    linked as (
      select distinct least(added.record_id, other.record_id) as a, greatest(added.record_id, other.record_id) as b,
        added.type, added.value, added.told_at
      from added cross join lateral (
        select record_id from (
          select customer_id, record_id, type, value, told_at from record_identifiers union all select * from added) own
        where own.customer_id = added.customer_id and own.type = added.type and own.value = added.value
          and own.record_id <> added.record_id
        order by told_at, record_id limit 1) other
    )
    insert into record_links (record_a, record_b, verdict, origin, detail, at)
    select a, b, 'same', 'rule', jsonb_build_object('identifier', jsonb_build_object('type', type, 'value', value)), told_at
    from linked`)
}

async function writeTraits(transaction: Pick<Database, "execute">, told: readonly Testimony[]): Promise<void> {
  const rows = told.flatMap((testimony) =>
    Object.entries(testimony.event.traits ?? {})
      .filter(([name, value]) => name.length + JSON.stringify(value).length <= maxTraitLength)
      .map(([name, value]) => ({ ...sourceOf(testimony), name, value })),
  )
  if (rows.length === 0) return
  await transaction.execute(sql`
    with given as materialized (
      select customer, record, name, coalesce(value, 'null') as value, ${columnToTimestamp("at")}::timestamptz(3) as at,
        ${columnToTimestamp("told")} as told, message, claimed
      from json_to_recordset(${JSON.stringify(rows)}::json) as given(
        customer uuid, record uuid, name text, value jsonb, at float8, told float8, message text, claimed boolean)
    ),
    compared as materialized (
      select given.*, standing.at as standing_at, standing.message_id as standing_message,
        standing.value is not distinct from given.value as is_same
      from given left join lateral (
        select record_traits.at, message_id, record_traits.value from record_traits
        where customer_id = given.customer and record_id = given.record and record_traits.name = given.name
          and record_traits.claimed = given.claimed and record_traits.at <= given.at
        order by record_traits.at desc, told_at desc limit 1) standing on true
    ),
    repeated as (
      update record_traits set repeated_at = compared.at from compared
      where is_same and customer_id = compared.customer and record_id = compared.record and record_traits.name = compared.name
        and record_traits.at = standing_at and message_id = standing_message and repeated_at < compared.at
    )
    insert into record_traits (customer_id, record_id, name, value, at, repeated_at, told_at, message_id, claimed)
    select customer, record, name, value, at, at, told, message, claimed from compared as given
    where not is_same and ${roomForClaims("record_traits")}
    on conflict do nothing`)
}

const sourceOf = ({ event, recordId, customerId, isClaim, toldAt }: Testimony) => ({
  customer: customerId,
  record: recordId,
  at: event.at,
  told: toldAt,
  message: event.messageId,
  claimed: isClaim,
})

export interface SaidConsent {
  customerId: string
  recordId: string | null
  purpose: ConsentPurpose
  consent: HeldConsent
  /** Time when it was told, milliseconds since the epoch. */
  toldAt: number
}

/** More statements of one customer are a loop of somebody's program. */
const maxConsentStatements = 1000

/** Writes statements about consent into the ledger, each unless the same one of the same record stands there. */
export async function writeConsentStatements(
  transaction: Pick<Database, "execute">,
  said: readonly SaidConsent[],
): Promise<void> {
  const rows = said.map(({ customerId, recordId, purpose, consent, toldAt }, place) => ({
    customer: customerId,
    record: recordId,
    purpose,
    statement: consent,
    told: toldAt,
    place,
  }))
  await transaction.execute(sql`
    with given as materialized (
      select distinct on (customer, record, purpose, statement) customer, record, purpose, statement, told, place
      from json_to_recordset(${JSON.stringify(rows)}::json) as given(
        customer uuid, record uuid, purpose text, statement jsonb, told float8, place int)
      order by customer, record, purpose, statement, place
    ),
    fresh as materialized (
      select given.*, row_number() over (partition by customer order by place) as nth from given
      where not exists (select from consent_statements standing where standing.customer_id = given.customer
        and standing.purpose = given.purpose and standing.record_id is not distinct from given.record
        and standing.statement = given.statement)
    )
    insert into consent_statements (customer_id, record_id, purpose, statement, told_at)
    select customer, record, purpose, statement, ${columnToTimestamp("told")} from fresh
    where nth + (select count(*) from consent_statements own where own.customer_id = fresh.customer)
      <= ${maxConsentStatements}::int
    order by place`)
}
