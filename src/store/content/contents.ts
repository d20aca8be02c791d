import { sql } from "drizzle-orm"
import type { OfferKind } from "../../core/catalogue/offer.ts"
import type { IdentifierType } from "../../core/customer/identifier.ts"
import type { ReservationRequest } from "../../core/decision/reservation-request.ts"
import type { Drop } from "../../core/decision/stages.ts"
import type { Connection } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { timeOfId } from "../database/id-bound.ts"
import { writeAt } from "../database/partitions.ts"
import type { Decision } from "../decisions/decision-types.ts"
import { writeDecisions } from "../decisions/write-decisions.ts"

/** The natural key of content: asked again, the same bytes answer. */
interface ContentKey {
  customerId: string
  placement: string
  campaign: string
  slot: string
}

const contentFormats = ["json", "html"] as const
type ContentFormat = (typeof contentFormats)[number]

export interface StoredContent {
  decisionId: string
  body: Uint8Array
  /** Of the decision it was made by; `null` where it offered nothing or is forgotten. */
  offerId: string | null
  kind: OfferKind | null
}

/** Somebody who agreed to anything, and may therefore be written to. */
export interface AudienceMember {
  customerId: string
  userId: string | null
  email: string | null
}

export interface ContentStore {
  read(key: ContentKey, format: ContentFormat): Promise<StoredContent | null>
  /** Records every format's bytes with their decision in one transaction; nothing where the key has content (`standing`) or the reservationRequest is refused. */
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

/** The identifier of a type that was attached first. */
const firstOf = (type: IdentifierType) => sql`(
  select value from identifiers own where own.customer_id = profiles.customer_id and type = ${type}
  order by attached_at, value limit 1)`

export function createContentStore({ database, byKey }: Pick<Connection, "database" | "byKey">): ContentStore {
  return {
    async read({ customerId, placement, campaign, slot }, format) {
      const [row] = await byKey.execute<StoredContent & Record<string, unknown>>(sql`
        select decision_id as "decisionId", body, made.offer_id as "offerId",
          case when made.offer_id is not null then made.kind end as kind
        from contents
        left join decision_index on decision_index.id = contents.decision_id
        left join decisions made on made.customer_id = decision_index.customer_id and made.at = decision_index.at
          and made.id = decision_index.id
        where contents.customer_id = ${customerId} and contents.placement = ${placement} and campaign = ${campaign}
          and slot = ${slot} and format = ${format}`)
      return row ?? null
    },
    async keep({ customerId, placement, campaign, slot }, bodies, decision, reservationRequest) {
      const rows = JSON.stringify(
        contentFormats.map((format) => ({ format, body: Buffer.from(bodies[format]).toString("base64") })),
      )
      const write = () =>
        byKey.transaction(async (transaction) => {
          const kept = await transaction.execute(sql`
          with own as materialized (
            select standing_customer(${customerId}::uuid, ${decision.customerKnown ?? false}) as id
          )
          insert into contents (customer_id, placement, campaign, slot, format, decision_id, body, created_at)
          select own.id, ${placement}, ${campaign}, ${slot}, format, ${decision.id}, decode(body, 'base64'),
            to_timestamp(${decision.at}::float8 / 1000)
          from own cross join jsonb_to_recordset(${rows}::jsonb) as given(format text, body text)
          where own.id is not null order by format
          on conflict do nothing returning 1`)
          if (kept.length === 0) return "standing" as const
          const [refusal] = await writeDecisions(transaction, [{ decision, reservationRequest }])
          if (refusal) throw new Refused(refusal)
          return "kept" as const
        })
      try {
        return await writeAt(database, timeOfId(decision.id), () => retryConflicts(write))
      } catch (error) {
        if (error instanceof Refused) return error.refusal
        throw error
      }
    },
    async audience(afterCustomerId, limit) {
      const rows = await database.execute<AudienceMember & Record<string, unknown>>(sql`
        select customer_id as "customerId",
          ${firstOf("userId")} as "userId",
          ${firstOf("email")} as email
        from profiles where merged_into is null and consents <> '{}'
          and (${afterCustomerId}::uuid is null or customer_id > ${afterCustomerId}::uuid)
        order by customer_id limit ${limit}`)
      return [...rows]
    },
  }
}
