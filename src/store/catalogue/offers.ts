import { type SQL, sql } from "drizzle-orm"
import type { Offer } from "../../core/catalogue/offer.ts"
import { recordAudit } from "../audit/record-audit.ts"
import { lockUntilCommit } from "../database/advisory-lock.ts"
import { type Database, waitForLocks } from "../database/database.ts"
import { offers } from "../database/schema.ts"
import { type DocumentStore, readDocuments } from "./documents.ts"

export type OfferStore = DocumentStore<Offer>

interface WrittenRow extends Record<string, unknown> {
  id: string
  place: number
  change: "created" | "replaced" | "unchanged"
  before: Offer | null
}

const statedAt = (document: SQL) => sql`(${document} ->> 'updatedAt')::timestamptz`
const knownAt = sql`greatest(coalesce(${statedAt(sql`offers.offer`)}, offers.updated_at), offers.deleted_at)`

const upsertStatement = (values: readonly Offer[]) => sql`
  with newest as materialized (
    select distinct on (row ->> 'id') row, place::int
    from jsonb_array_elements(${JSON.stringify(values)}::jsonb) with ordinality as given(row, place)
    order by row ->> 'id', ${statedAt(sql`row`)} desc nulls first,
      case when row ? 'updatedAt' then 0 else place end desc, row::text collate "C" desc
  ),
  former as materialized (
    select id, offer from offers where id in (select row ->> 'id' from newest) and deleted_at is null
  ),
  written as (
    insert into offers (id, offer, updated_at)
    select row ->> 'id', row, clock_timestamp() from newest order by 1
    on conflict (id) do update set offer = excluded.offer, updated_at = excluded.updated_at, deleted_at = null
    where ${statedAt(sql`excluded.offer`)} is null
      or (${statedAt(sql`excluded.offer`)}, excluded.offer::text collate "C") >= (${knownAt}, offers.offer::text collate "C")
    returning offers.id
  )
  select place, written.id, former.offer as before,
    case when former.id is null then 'created' when former.offer = row then 'unchanged' else 'replaced' end as change
  from newest join written on written.id = row ->> 'id' left join former on former.id = written.id order by place`

export const createOfferStore = (database: Database): OfferStore => ({
  ...readDocuments<Offer>(database, {
    table: offers,
    id: offers.id,
    document: offers.offer,
    updatedAt: offers.updatedAt,
    deletedAt: offers.deletedAt,
    audit: { kind: "offer", delete: "offers.delete" },
  }),
  async upsert(values, actor) {
    if (values.length === 0) return new Set()
    return database.transaction(async (transaction) => {
      // One write after another, so that the former state is what this one replaced.
      await transaction.execute(waitForLocks(0))
      await lockUntilCommit(transaction, "offers")
      const written = await transaction.execute<WrittenRow>(upsertStatement(values))
      const changes = written.flatMap(({ id, place, change, before }) =>
        change === "unchanged" ? [] : [{ subject: { kind: "offer" as const, id }, before, after: values[place - 1]! }],
      )
      await recordAudit(
        transaction,
        ...changes.map((change) => ({ actor, action: "offers.upsert" as const, ...change })),
      )
      return new Set(written.map(({ place }) => place - 1))
    })
  },
})
