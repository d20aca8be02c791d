import { createHash } from "node:crypto"
import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { AuditAction, AuditSubjectKind } from "../../core/access/audit-action.ts"
import type { Database } from "../database/database.ts"

/** A state of a subject as JSON; `null`: there was, or is, none. Never with a secret or its hash. */
type AuditedState = object | null

/** One change: who changed what, from which state to which. */
export interface AuditEntry {
  actor: Actor
  action: AuditAction
  subject: { kind: AuditSubjectKind; id: string | null; customerId?: string | null }
  before: AuditedState
  after: AuditedState
}

const maxStateBytes = 64 * 1024

/** Writes changes to the audit log in the transaction that makes them, so that neither is without the other. */
export async function recordAudit(
  transaction: Pick<Database, "execute">,
  ...entries: readonly AuditEntry[]
): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map(({ actor, action, subject, before, after }) => ({
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    action,
    subject_kind: subject.kind,
    subject_id: subject.id,
    customer_id: subject.customerId ?? null,
    before: bounded(before),
    after: bounded(after),
    request_id: actor.requestId,
  }))
  await transaction.execute(sql`
    insert into audit_log
      (at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, customer_id, before, after, request_id)
    select clock_timestamp(), actor_kind, actor_id, actor_name, action, subject_kind, subject_id, customer_id, before, after, request_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(
      actor_kind text, actor_id text, actor_name text, action text, subject_kind text, subject_id text, customer_id uuid,
      before jsonb, after jsonb, request_id text)`)
}

/** Returns a state, or where it is too large to be kept its size and digest. */
function bounded(state: AuditedState): AuditedState {
  const text = JSON.stringify(state)
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxStateBytes) return state
  return { omitted: { bytes, sha256: createHash("sha256").update(text).digest("hex") } }
}
