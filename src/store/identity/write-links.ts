import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { Identifier } from "../../core/customer/identifier.ts"
import type { LinkDetail, LinkOrigin, LinkVerdict } from "../../core/identity/record-link.ts"
import type { Database } from "../database/database.ts"
import { columnToTimestamp } from "../database/epoch.ts"

type Transaction = Pick<Database, "execute">

/** A statement that two records are, or are not, one person; which of them stands first means nothing. */
export interface RecordLink {
  a: string
  b: string
  verdict: LinkVerdict
  origin: LinkOrigin
  detail?: LinkDetail
  /** P(one person), of a score. */
  posterior?: number
  /** Speaker of a word. */
  actor?: Actor
  /** Milliseconds since the epoch. */
  at: number
}

/** Writes links; the customers of the records are not joined or split by it. */
export async function recordLinks(transaction: Transaction, links: readonly RecordLink[]): Promise<void> {
  if (links.length === 0) return
  const rows = links.map(({ a, b, verdict, origin, detail = {}, posterior = null, actor, at }, place) => ({
    place,
    a,
    b,
    verdict,
    origin,
    detail,
    posterior,
    actor: actor ? { kind: actor.kind, id: actor.id, name: actor.name } : null,
    at,
  }))
  await transaction.execute(sql`
    insert into record_links (record_a, record_b, verdict, origin, detail, posterior, actor, at)
    select least(a, b), greatest(a, b), verdict, origin, detail, posterior, actor, ${columnToTimestamp("at")}
    from json_to_recordset(${JSON.stringify(rows)}::json) as given(
      a uuid, b uuid, verdict text, origin text, detail jsonb, posterior float8, actor jsonb, at float8, place int)
    order by place`)
}

/** A record that brought its customer to be joined with another, through an identifier. */
export interface JoinByIdentifier {
  customerId: string
  recordId: string
  via: Identifier
  /** Record that the identifier names. */
  named: string
  /** Milliseconds since the epoch. */
  at: number
}

/**
 * Writes the rule by which customers were joined: their records came with one identifier. Call it once the rows of both lie with the
 * customer that they became; a pair that evidence has just linked is left as it is.
 */
export async function recordJoins(transaction: Transaction, joins: readonly JoinByIdentifier[]): Promise<void> {
  if (joins.length === 0) return
  await transaction.execute(sql`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(joins)}::json) as given(
        "customerId" uuid, "recordId" uuid, via json, named uuid, at float8)
    ),
    linked as (
      select distinct on (least("recordId", other.id), greatest("recordId", other.id))
        least("recordId", other.id) as a, greatest("recordId", other.id) as b, via, at
      from given cross join lateral (
        select coalesce((
          select record_id from record_identifiers own
          where own.customer_id = given."customerId" and own.type = via ->> 'type' and own.value = via ->> 'value'
            and record_id <> "recordId"
          order by record_id = named desc, own.told_at limit 1), named) as id) other
      where other.id <> "recordId"
    )
    insert into record_links (record_a, record_b, verdict, origin, detail, at)
    select a, b, 'same', 'rule', jsonb_build_object('identifier', via), ${columnToTimestamp("at")} from linked
    where not coalesce((select verdict = 'same' from record_links standing
      where record_a = a and record_b = b order by id desc limit 1), false)`)
}
