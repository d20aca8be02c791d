import { sql } from "drizzle-orm"
import type { Database } from "./database.ts"
import type { Decision } from "./decisions.ts"
import { timeOfId } from "./id-bound.ts"
import { writeAt } from "./partitions.ts"
import type { Reservation } from "./schema.ts"
import { writeDecisions } from "./write-decisions.ts"

/** The natural key of content: asked again, the same bytes answer. */
export interface ContentKey {
  customerId: string
  placement: string
  campaign: string
  slot: string
}

export const contentFormats = ["json", "html"] as const
export type ContentFormat = (typeof contentFormats)[number]

export interface StoredContent {
  decisionId: string
  body: Uint8Array
}

export interface ContentStore {
  read(key: ContentKey, format: ContentFormat): Promise<StoredContent | null>
  /** Records every format's bytes with their decision in one transaction, unless the key has content: then nothing. False in that case. */
  keep(
    key: ContentKey,
    bodies: Readonly<Record<ContentFormat, Uint8Array>>,
    decision: Decision,
    reservation: Reservation | undefined,
  ): Promise<boolean>
}

export function createContentStore(database: Database): ContentStore {
  return {
    async read({ customerId, placement, campaign, slot }, format) {
      const [row] = await database.execute<{ decisionId: string; body: Uint8Array }>(sql`
        select decision_id as "decisionId", body from contents
        where customer_id = ${customerId} and placement = ${placement} and campaign = ${campaign} and slot = ${slot}
          and format = ${format}`)
      return row ?? null
    },
    async keep({ customerId, placement, campaign, slot }, bodies, decision, reservation) {
      const rows = JSON.stringify(
        contentFormats.map((format) => ({ format, body: Buffer.from(bodies[format]).toString("base64") })),
      )
      const write = () =>
        database.transaction(async (transaction) => {
          const kept = await transaction.execute(sql`
          insert into contents (customer_id, placement, campaign, slot, format, decision_id, body, created_at)
          select ${customerId}, ${placement}, ${campaign}, ${slot}, format, ${decision.id}, decode(body, 'base64'),
            to_timestamp(${decision.at}::float8 / 1000)
          from jsonb_to_recordset(${rows}::jsonb) as given(format text, body text) order by format
          on conflict do nothing returning 1`)
          if (kept.length === 0) return false
          await writeDecisions(transaction, [{ decision, reservation }])
          return true
        })
      return writeAt(database, timeOfId(decision.id), write)
    },
  }
}
