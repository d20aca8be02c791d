import { type AuditEntryReply, type AuditQuery, parseSubject } from "../../core/access/audit-schema.ts"
import { pageOf } from "../../core/schema/page.ts"
import type { Services } from "../../services.ts"

/** Returns a page of the audit log, newest first. */
export async function listAuditEntries(
  { store }: Pick<Services, "store">,
  { cursor, limit, actor, action, subject, since, until }: AuditQuery,
): Promise<{ entries: AuditEntryReply[]; nextCursor: string | null }> {
  const found = await store.audit.list({
    actorId: actor,
    action,
    subject: subject === undefined ? undefined : (parseSubject(subject) ?? undefined),
    sinceMs: since === undefined ? undefined : Date.parse(since),
    untilMs: until === undefined ? undefined : Date.parse(until),
    after: cursor,
    limit: limit + 1,
  })
  const { page, nextCursor } = pageOf(found, limit, ({ id }) => id)
  const entries = page.map(({ id, at, actor, action, subject, before, after, requestId }) => ({
    id,
    at: new Date(at).toISOString(),
    actor,
    action,
    subject,
    before,
    after,
    requestId,
  }))
  return { entries, nextCursor }
}
