import { sql } from "drizzle-orm"
import type { OfferKind } from "../../core/catalogue/offer.ts"
import type { ReservationRequest } from "../../core/decision/reservation-request.ts"
import type { Drop } from "../../core/decision/stages.ts"
import { timeOfId } from "../../core/ids/uuid.ts"
import { resolveCustomerIds } from "../customers/resolve-customer-ids.ts"
import { type Connection, type Database, lockTimeoutMs, withLockTimeout } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { toTimestamp } from "../database/epoch.ts"
import { writeAt } from "../database/partitions.ts"
import { uuidArray } from "../database/uuid-array.ts"
import type { Decision } from "../decisions/decision-types.ts"
import { writeDecisions } from "../decisions/write-decisions.ts"

/** The natural key of content: asked again, the same bytes answer. */
export interface ContentKey {
  customerId: string
  placement: string
  campaign: string
  slot: string
}

export const contentFormats = ["json", "html", "text"] as const
export type ContentFormat = (typeof contentFormats)[number]

export interface StoredContent {
  decisionId: string
  /** Its bytes in each format that was asked for and is stored. */
  bodies: Readonly<Partial<Record<ContentFormat, Uint8Array>>>
  /** Offer of its decision; `null` when it offered nothing or the decision is deleted. */
  offerId: string | null
  kind: OfferKind | null
}

interface StoredBody extends Omit<StoredContent, "bodies"> {
  format: ContentFormat
  body: Uint8Array
}

/** Somebody who agreed to anything, and may therefore be written to. */
export interface AudienceMember {
  customerId: string
  userId: string | null
  email: string | null
}

export interface ContentStore {
  read(key: ContentKey, formats: readonly ContentFormat[]): Promise<StoredContent | null>
  /** Records every format's bytes with their decision in one transaction; nothing where the key has content (`standing`) or the reservation is refused. */
  keep(
    key: ContentKey,
    bodies: Readonly<Record<ContentFormat, Uint8Array>>,
    decision: Decision,
    reservationRequest: ReservationRequest | undefined,
  ): Promise<"kept" | "standing" | Drop>
  /** A page of customers, in order of id. */
  audience(afterCustomerId: string | null, limit: number): Promise<AudienceMember[]>
}

/** Takes the content back that was written before its decision was refused. */
class Refused extends Error {
  readonly refusal: Drop

  constructor(refusal: Drop) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

export function createContentStore({ database, byKey, writing }: Connection): ContentStore {
  return {
    async read({ customerId, placement, campaign, slot }, formats) {
      const rows = await byKey.execute<StoredBody & Record<string, unknown>>(sql`
        select format, body, decision_id as "decisionId", made.offer_id as "offerId",
          case when made.offer_id is not null then made.kind end as kind
        from contents
        left join decisions made on made.customer_id = contents.customer_id and made.at = contents.created_at
          and made.id = contents.decision_id
        where contents.customer_id = ${customerId} and contents.placement = ${placement} and campaign = ${campaign}
          and slot = ${slot} and format = any(${`{${formats.join(",")}}`}::text[])`)
      const [first] = rows
      if (first === undefined) return null
      const { decisionId, offerId, kind } = first
      return { decisionId, offerId, kind, bodies: Object.fromEntries(rows.map(({ format, body }) => [format, body])) }
    },
    async keep({ customerId, placement, campaign, slot }, bodies, decision, reservationRequest) {
      const rows = JSON.stringify(
        contentFormats.map((format) => ({ format, body: Buffer.from(bodies[format]).toString("base64") })),
      )
      const write = async (transaction: Pick<Database, "execute">) => {
        const standing = await resolveCustomerIds(transaction, [
          { customerId, customerKnown: decision.customerKnown ?? false },
        ])
        const owner = standing.get(customerId)
        if (owner === undefined) return "standing" as const
        const kept = await transaction.execute(sql`
          insert into contents (customer_id, placement, campaign, slot, format, decision_id, body, created_at)
          select ${owner}::uuid, ${placement}, ${campaign}, ${slot}, format, ${decision.id}, decode(body, 'base64'),
            ${toTimestamp(decision.at)}
          from jsonb_to_recordset(${rows}::jsonb) as given(format text, body text) order by format
          on conflict do nothing returning 1`)
        if (kept.length === 0) return "standing" as const
        const [refusal] = await writeDecisions(transaction, [{ decision, reservationRequest }])
        if (refusal) throw new Refused(refusal)
        return "kept" as const
      }
      const transact = () =>
        writing.transaction((transaction) =>
          withLockTimeout(transaction, lockTimeoutMs.answer, () => write(transaction)),
        )
      try {
        return await writeAt(database, timeOfId(decision.id), () => retryConflicts(transact))
      } catch (error) {
        if (error instanceof Refused) return error.refusal
        throw error
      }
    },
    async audience(afterCustomerId, limit) {
      const rows = await database.execute<{ id: string }>(sql`
        select customer_id as id from profiles where merged_into is null and consents <> '{}'
          and (${afterCustomerId}::uuid is null or customer_id > ${afterCustomerId}::uuid)
        order by customer_id limit ${limit}`)
      const ids = rows.map(({ id }) => id)
      const first = await firstIdentifiers(database, ids)
      return ids.map((customerId) => {
        const { userId = null, email = null } = first.get(customerId) ?? {}
        return { customerId, userId, email }
      })
    },
  }
}

type FirstIdentifiers = Partial<Record<"userId" | "email", string>>

/** Returns the identifiers of each type that were attached first, by customer. */
async function firstIdentifiers(
  database: Database,
  customerIds: readonly string[],
): Promise<Map<string, FirstIdentifiers>> {
  const rows = await database.execute<{ customerId: string; type: keyof FirstIdentifiers; value: string }>(sql`
    select distinct on (customer_id, type) customer_id as "customerId", type, value from identifiers
    where customer_id = any(${uuidArray(customerIds)}) and type in ('userId', 'email')
    order by customer_id, type, attached_at, value`)
  const first = new Map<string, FirstIdentifiers>()
  for (const { customerId, type, value } of rows) first.set(customerId, { ...first.get(customerId), [type]: value })
  return first
}
