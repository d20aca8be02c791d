import { type AnyColumn, type SQL, sql } from "drizzle-orm"
import type { PgTable } from "drizzle-orm/pg-core"
import type { Actor } from "../../core/access/actor.ts"
import type { AuditAction, AuditSubjectKind } from "../../core/access/audit-action.ts"
import { type AuditEntry, recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"

export interface Change<T> {
  id: string
  /** `null`: deleted. */
  value: T | null
}

interface Changes<T> {
  /** The database's clock at the reading, milliseconds since the epoch. */
  asOf: number
  changes: readonly Change<T>[]
}

/** Rows of a shop's own making, each a JSON document under its id; a deleted one leaves a tombstone. */
interface Stated {
  id: string
  updatedAt?: string | undefined
}

export interface DocumentStore<T extends Stated> {
  /**
   * Writes what is not older, by its `updatedAt`, than what is stored, than its deletion and than others of the same id; says which of
   * the values were written, by their place. Without a time the arrival counts.
   */
  upsert(values: readonly T[], actor: Actor): Promise<ReadonlySet<number>>
  get(id: string): Promise<T | null>
  /** In order of id, starting behind `after`. */
  list(after: string | null, limit: number): Promise<T[]>
  /** False when there was none. */
  remove(id: string, actor: Actor): Promise<boolean>
  /** Everything written at or after `since` (milliseconds on the database's clock), or ever for `null`. */
  changedSince(since: number | null): Promise<Changes<T>>
}

interface DocumentTable {
  table: PgTable
  id: AnyColumn
  document: AnyColumn
  updatedAt: AnyColumn
  deletedAt: AnyColumn
  audit: DocumentAudit
}

/** A document that was made or replaced by another one. */
export interface WrittenDocument {
  id: string
  change: "created" | "replaced"
  /** As far as `formerState` says it. */
  before: object | null
  after: object
}

/** Rule by which documents are audited. */
interface DocumentAudit {
  kind: AuditSubjectKind
  upsert: AuditAction
  delete: AuditAction
  /** Expression of a former document that `changesOf` needs, from the rows `former`. */
  formerState: SQL
  /** Returns the changes that a write made. */
  changesOf(written: readonly WrittenDocument[]): Pick<AuditEntry, "subject" | "before" | "after">[]
  /** Runs first in the transaction of a write. */
  begin?(transaction: Pick<Database, "execute">): Promise<void>
}

type WrittenRow = Omit<WrittenDocument, "after" | "change"> & {
  place: number
  change: WrittenDocument["change"] | "unchanged"
} & Record<string, unknown>

/** The one implementation behind items and offers. */
export function createDocumentStore<T extends Stated>(
  database: Database,
  { table, id, document, updatedAt, deletedAt, audit }: DocumentTable,
): DocumentStore<T> {
  const name = (column: AnyColumn) => sql.identifier(column.name)
  return {
    async upsert(values, actor) {
      if (values.length === 0) return new Set()
      const statedAt = (row: SQL) => sql`(${row} ->> 'updatedAt')::timestamptz`
      const [given, stored] = [sql`excluded.${name(document)}`, sql`${table}.${name(document)}`]
      const knownAt = sql`greatest(coalesce(${statedAt(stored)}, ${table}.${name(updatedAt)}), ${table}.${name(deletedAt)})`
      const statement = sql`
        with newest as materialized (
          select distinct on (row ->> 'id') row, place::int
          from jsonb_array_elements(${JSON.stringify(values)}::jsonb) with ordinality as given(row, place)
          order by row ->> 'id', ${statedAt(sql`row`)} desc nulls first,
            case when row ? 'updatedAt' then 0 else place end desc, row::text collate "C" desc
        ),
        former as materialized (
          select ${name(id)} as id, ${name(document)} as document from ${table}
          where ${name(id)} in (select row ->> 'id' from newest) and ${name(deletedAt)} is null
        ),
        written as (
          insert into ${table} (${name(id)}, ${name(document)}, ${name(updatedAt)})
          select row ->> 'id', row, clock_timestamp() from newest order by 1
          on conflict (${name(id)}) do update
          set ${name(document)} = ${given}, ${name(updatedAt)} = excluded.${name(updatedAt)}, ${name(deletedAt)} = null
          where ${statedAt(given)} is null
            or (${statedAt(given)}, ${given}::text collate "C") >= (${knownAt}, ${stored}::text collate "C")
          returning ${table}.${name(id)} as id
        )
        select place, written.id, ${audit.formerState} as before,
          case when former.id is null then 'created' when former.document = row then 'unchanged' else 'replaced' end as change
        from newest join written on written.id = row ->> 'id' left join former on former.id = written.id order by place`
      return database.transaction(async (transaction) => {
        await audit.begin?.(transaction)
        const written = await transaction.execute<WrittenRow>(statement)
        const documents = written.flatMap(({ id, place, change, before }) =>
          change === "unchanged" ? [] : [{ id, change, before, after: values[place - 1]! }],
        )
        const changes = documents.length === 0 ? [] : audit.changesOf(documents)
        await recordAudit(transaction, ...changes.map((change) => ({ actor, action: audit.upsert, ...change })))
        return new Set(written.map(({ place }) => place - 1))
      })
    },
    async get(wanted) {
      const rows = await database.execute<{ document: T }>(
        sql`select ${document} as document from ${table} where ${id} = ${wanted} and ${deletedAt} is null`,
      )
      return rows[0]?.document ?? null
    },
    async list(after, limit) {
      const rows = await database.execute<{ document: T }>(sql`
        select ${document} as document from ${table}
        where ${deletedAt} is null and (${after}::text is null or ${id} > ${after}::text)
        order by ${id} limit ${limit}`)
      return rows.map((row) => row.document)
    },
    remove: (unwanted, actor) =>
      database.transaction(async (transaction) => {
        const [former] = await transaction.execute<{ document: T }>(sql`
          update ${table} set ${name(deletedAt)} = clock_timestamp(), ${name(updatedAt)} = clock_timestamp()
          where ${id} = ${unwanted} and ${deletedAt} is null returning ${document} as document`)
        if (former === undefined) return false
        const subject = { kind: audit.kind, id: unwanted }
        await recordAudit(transaction, { actor, action: audit.delete, subject, before: former.document, after: null })
        return true
      }),
    async changedSince(since) {
      const rows = await database.execute<{
        asOf: number
        id: string | null
        document: T | null
        deleted: boolean
      }>(sql`
        select ${epochMs("statement_timestamp()")} as "asOf", changed.* from (select 1) always
        left join (
          select ${id} as id, ${document} as document, ${deletedAt} is not null as deleted from ${table}
          where ${since}::float8 is null or ${updatedAt} >= ${toTimestamp(since)}
        ) changed on true`)
      return {
        asOf: rows[0]!.asOf,
        changes: rows.flatMap((row) =>
          row.id === null ? [] : [{ id: row.id, value: row.deleted ? null : row.document }],
        ),
      }
    },
  }
}
