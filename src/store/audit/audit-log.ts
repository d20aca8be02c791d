import { type SQL, sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { AuditAction, AuditSubjectKind } from "../../core/access/audit-action.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { type AuditEntry, recordAudit } from "./record-audit.ts"

interface AuditRow {
  id: string
  /** Milliseconds since the epoch, by the database's clock. */
  at: number
  actor: Omit<Actor, "requestId">
  action: AuditAction
  subject: { kind: AuditSubjectKind; id: string | null }
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  requestId: string | null
}

interface AuditFilter {
  actorId?: string | undefined
  action?: AuditAction | undefined
  subject?: { kind: AuditSubjectKind; id: string | null } | undefined
  /** Milliseconds since the epoch. */
  sinceMs?: number | undefined
  /** Milliseconds since the epoch; what happened then is left out. */
  untilMs?: number | undefined
  /** The id of the last row of the page before. */
  after?: number | undefined
  limit: number
}

export interface AuditStore {
  /** Returns the rows that pass a filter, newest first. */
  list(filter: AuditFilter): Promise<AuditRow[]>
  /** Adds a row by itself: for work that ended and was written in many transactions. */
  append(entry: AuditEntry): Promise<void>
}

type Row = Omit<AuditRow, "actor" | "subject"> & {
  actorKind: Actor["kind"]
  actorId: string
  actorName: string
  subjectKind: AuditSubjectKind
  subjectId: string | null
} & Record<string, unknown>

export const createAuditStore = (database: Database): AuditStore => ({
  async list(filter) {
    const rows = await database.execute<Row>(sql`
      select id::text as id, ${epochMs("at")} as at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName",
        action, subject_kind as "subjectKind", subject_id as "subjectId", before, after, request_id as "requestId"
      from audit_log where ${sql.join(conditionsOf(filter), sql` and `)} order by audit_log.at desc, audit_log.id desc
      limit ${filter.limit}`)
    return rows.map(({ actorKind, actorId, actorName, subjectKind, subjectId, ...row }) => ({
      ...row,
      actor: { kind: actorKind, id: actorId, name: actorName },
      subject: { kind: subjectKind, id: subjectId },
    }))
  },
  append: (entry) => recordAudit(database, entry),
})

function conditionsOf({ actorId, action, subject, sinceMs, untilMs, after }: AuditFilter): SQL[] {
  const conditions = [sql`true`]
  if (actorId !== undefined) conditions.push(sql`actor_id = ${actorId}`)
  if (action !== undefined) conditions.push(sql`action = ${action}`)
  if (subject !== undefined) conditions.push(sql`subject_kind = ${subject.kind}`)
  if (typeof subject?.id === "string") conditions.push(sql`subject_id = ${subject.id}`)
  if (sinceMs !== undefined) conditions.push(sql`audit_log.at >= ${toTimestamp(sinceMs)}`)
  if (untilMs !== undefined) conditions.push(sql`audit_log.at < ${toTimestamp(untilMs)}`)
  if (after !== undefined)
    conditions.push(sql`(audit_log.at, audit_log.id) < (select at, id from audit_log last where last.id = ${after})`)
  return conditions
}
