import { type AnyColumn, sql } from "drizzle-orm"
import type { PgTable } from "drizzle-orm/pg-core"
import type { Actor } from "../../core/access/actor.ts"
import type { AuditAction, AuditSubjectKind } from "../../core/access/audit-action.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"

export interface Change<T> {
  id: string
  /** `null`: deleted. */
  value: T | null
}

/** A moment at which rows were written, and a digest of those that carry it. */
interface WriteMoment {
  at: number
  digest: string
}

/** End of a reading: the next one needs what was written since, without what is known. */
export interface ChangesCursor {
  /** Milliseconds on the database's clock. */
  since: number
  known: readonly WriteMoment[]
}

interface Changes<T> {
  cursor: ChangesCursor
  changes: readonly Change<T>[]
}

/** A write becomes visible after its time stamp, when its transaction ends; so each reading looks back this far. */
const overlapMs = 10_000

interface ChangeRow<T> extends Record<string, unknown> {
  asOf: number | null
  known: readonly WriteMoment[] | null
  id: string | null
  document: T | null
  deleted: boolean | null
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
  /** Everything written since a reading, or ever for `null`; rarely a row again. */
  changedSince(cursor: ChangesCursor | null): Promise<Changes<T>>
}

interface DocumentTable {
  table: PgTable
  id: AnyColumn
  document: AnyColumn
  updatedAt: AnyColumn
  deletedAt: AnyColumn
  audit: { kind: AuditSubjectKind; delete: AuditAction }
}

/** The one implementation behind items and offers of all but their writing. */
export function readDocuments<T extends Stated>(
  database: Database,
  { table, id, document, updatedAt, deletedAt, audit }: DocumentTable,
): Omit<DocumentStore<T>, "upsert"> {
  const name = (column: AnyColumn) => sql.identifier(column.name)
  return {
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
    async changedSince(cursor) {
      const since =
        cursor === null
          ? sql`statement_timestamp() - make_interval(secs => ${overlapMs / 1000})`
          : toTimestamp(cursor.since)
      const rows = await database.execute<ChangeRow<T>>(sql`
        with recent as materialized (
          select ${updatedAt} as at, sum(hashtextextended(${id} || ' ' || xmin::text, 0)::numeric)::text as digest
          from ${table} where ${updatedAt} >= ${since} group by 1
        ),
        fresh as materialized (
          select at from recent where (${epochMs("at")}, digest) not in (
            select at, digest from jsonb_to_recordset(${JSON.stringify(cursor?.known ?? [])}::jsonb) as known(at float8, digest text)
          )
        )
        select ${epochMs("statement_timestamp()")} as "asOf",
          coalesce(json_agg(json_build_object('at', ${epochMs("at")}, 'digest', digest)), '[]') as known,
          null::text as id, null::jsonb as document, null::boolean as deleted
        from recent
        union all
        select null::float8, null::json, ${id}, ${document}, ${deletedAt} is not null from ${table}
        where ${cursor === null ? sql`true` : sql`${updatedAt} = any(array(select at from fresh))`}`)
      const { asOf, known } = rows.find(({ id }) => id === null)!
      return {
        cursor: { since: asOf! - overlapMs, known: known! },
        changes: rows.flatMap((row) =>
          row.id === null ? [] : [{ id: row.id, value: row.deleted ? null : row.document }],
        ),
      }
    },
  }
}
