import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { Identifier } from "../../core/customer/identifier.ts"
import type { LinkDetail, LinkOrigin, LinkVerdict } from "../../core/identity/record-link.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { recordAudit } from "../audit/record-audit.ts"
import { derivedId } from "../customers/derived-id.ts"
import type { Connection, Database } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { epochMs } from "../database/epoch.ts"
import type { IngestOptions } from "../events/event-types.ts"
import { transactAs } from "./dry-run.ts"
import { joinCustomers, lockOwners } from "./join-customers.ts"
import { anyOwnLink } from "./own-records.ts"
import { type PersonRows, readPersons } from "./person-rows.ts"
import { findNamedRecord, findRecord, firstRecordOf, type OwnedRecord } from "./records-of.ts"
import { cannotLinksAmong, customersApart } from "./standing-links.ts"
import { type RecordLink, recordLinks } from "./write-links.ts"

/** Name of a record: by its id, by an identifier, or as the first of a customer. */
export type RecordName = { recordId: string } | { customerId: string } | Identifier

interface WordRequest {
  a: RecordName
  b: RecordName
  verdict: LinkVerdict
  note?: string | undefined
  dryRun: boolean
  actor: Actor
  /** Milliseconds since the epoch. */
  nowMs: number
  deriveVector: IngestOptions["deriveVector"]
}

interface IdentityChange {
  recordA: string
  recordB: string
  /** True if customers were joined or split. */
  changed: boolean
  before: readonly PersonRows[]
  after: readonly PersonRows[]
}

interface StoredLink {
  id: number
  recordA: string
  recordB: string
  verdict: LinkVerdict
  origin: LinkOrigin
  detail: LinkDetail
  posterior: number | null
  actor: Omit<Actor, "requestId"> | null
  /** Milliseconds since the epoch. */
  at: number
  /** False once a later statement about the pair outweighs it. */
  holds: boolean
}

export interface IdentityStore {
  /** Says by somebody's word that two records are, or are not, one person, and joins their customers. */
  link(word: WordRequest): Promise<IdentityChange>
  /** Pairs among records that are two people by somebody's word; no rule and no score may join them. */
  cannotLinks(recordIds: readonly string[]): Promise<{ a: string; b: string }[]>
  /** Links of a customer's records, in the order in which they were said, after the link `after`. */
  linksOf(customerId: string, after: number | null, limit: number): Promise<StoredLink[]>
}

export function createIdentityStore(
  { database, byKey }: Pick<Connection, "database" | "byKey">,
  secret: Uint8Array,
): IdentityStore {
  const find = async (transaction: Pick<Database, "execute">, name: RecordName): Promise<OwnedRecord> => {
    const found =
      "recordId" in name
        ? await findRecord(transaction, name.recordId)
        : "customerId" in name
          ? await firstRecordOf(transaction, name.customerId)
          : await findNamedRecord(transaction, name, derivedId(secret, name))
    if (found === null)
      throw new ApiError(
        "notFound",
        "there is no such record; GET /v1/customers/{id}?explain=fields lists a customer's",
      )
    return found
  }

  return {
    link: (word) =>
      retryConflicts(() =>
        transactAs(
          database,
          word,
        )(async (transaction) => {
          const findBoth = async () => [await find(transaction, word.a), await find(transaction, word.b)] as const
          const [a, b] = await findBoth()
          if (a.recordId === b.recordId) throw new ApiError("invalidRequest", "`a` and `b` are one record; name two")
          const customerIds = [...new Set([a.customerId, b.customerId])]
          const profiles = await lockOwners(transaction, [a, b], findBoth)
          const before = await readPersons(transaction, customerIds)
          const { verdict, note, actor, nowMs, deriveVector } = word
          const said = (first: string, second: string): RecordLink => ({
            ...{ a: first, b: second, verdict, origin: "word", actor, at: nowMs },
            ...(note !== undefined && { detail: { note } }),
          })
          if (verdict === "different" && customerIds.length === 1)
            throw new ApiError("conflict", "both records are of one customer; split it first")
          if (verdict === "same" && customerIds.length === 2) {
            const apart = await customersApart(transaction, customerIds)
            const isAsked = ({ recordA, recordB }: (typeof apart)[number]) =>
              [recordA, recordB].includes(a.recordId) && [recordA, recordB].includes(b.recordId)
            const links = apart.flatMap((pair) => (isAsked(pair) ? [] : [said(pair.recordA, pair.recordB)]))
            const [first, second] = customerIds.map((id) => profiles.get(id)!)
            await joinCustomers(transaction, [first!, second!], {
              links: [...links, said(a.recordId, b.recordId)],
              deriveVector,
            })
          } else await recordLinks(transaction, [said(a.recordId, b.recordId)])
          const changed = verdict === "same" && customerIds.length === 2
          const after = await find(transaction, { recordId: a.recordId })
          const standing = changed ? [after.customerId] : customerIds
          await recordAudit(transaction, {
            actor,
            action: "identities.link",
            subject: { kind: "record", id: a.recordId, customerId: after.customerId },
            before: null,
            after: { recordA: a.recordId, recordB: b.recordId, verdict, changed },
          })
          return {
            recordA: a.recordId,
            recordB: b.recordId,
            changed,
            before,
            after: await readPersons(transaction, standing),
          }
        }),
      ),

    cannotLinks: (recordIds) => cannotLinksAmong(database, recordIds),

    async linksOf(customerId, after, limit) {
      const rows = await byKey.execute<StoredLink & Record<string, unknown>>(sql`
        select link.id::float8 as id, link.record_a as "recordA", link.record_b as "recordB", link.verdict, link.origin,
          link.detail, link.posterior, link.actor, ${epochMs("link.at")} as at,
          not exists (
            select from record_links other where other.record_a = link.record_a and other.record_b = link.record_b
              and case other.origin when 'word' then other.id > link.id or link.origin <> 'word'
                when 'score' then link.origin = 'score' and other.id > link.id else false end) as holds
        from record_links link
        where link.id > ${after ?? 0} and link.id = ${anyOwnLink(customerId)}
        order by link.id limit ${limit}`)
      return [...rows]
    },
  }
}
