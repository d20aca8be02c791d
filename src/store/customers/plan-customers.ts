import { sql } from "drizzle-orm"
import type { Consents } from "../../core/customer/consent.ts"
import type { Reservation } from "../../core/decision/contact.ts"
import type { History } from "../../core/history/history.ts"
import { readHistory } from "../../core/history/read-history.ts"
import { openStates } from "../../core/history/send-state.ts"
import type { Database } from "../database/database.ts"
import { vectorFromBytes } from "./vector-bytes.ts"

/** One customer as a plan sees them. */
export interface PlanCustomer {
  customerId: string
  history: History
  vector: Float32Array | null
  vectorRelease: string | null
  traits: Record<string, unknown>
  consents: Consents
  reservations: readonly Reservation[]
  /** Sends of any plan that were reserved and have not ended. */
  inFlight: number
}

interface Row extends Omit<PlanCustomer, "vector" | "reservations">, Record<string, unknown> {
  vector: Uint8Array | null
  reservations: Reservation[] | null
}

/** Customers behind `after` in order of id, forwarding rows left out, in one statement. */
export async function readPlanCustomers(
  database: Pick<Database, "execute">,
  after: string | null,
  limit: number,
): Promise<PlanCustomer[]> {
  const rows = await database.execute<Row>(sql`
    select customer_id as "customerId", history, vector, vector_release as "vectorRelease", traits, consents, reservations,
      (select count(*)::int from sends where sends.customer_id = profiles.customer_id
        and state in (select json_array_elements_text(${JSON.stringify(openStates)}::json))) as "inFlight"
    from profiles left join contacts using (customer_id)
    where merged_into is null and (${after}::uuid is null or customer_id > ${after}::uuid)
    order by customer_id limit ${limit}`)
  return rows.map(({ vector, reservations, history, ...row }) => ({
    ...row,
    history: readHistory(history),
    vector: vector === null ? null : vectorFromBytes(vector),
    reservations: reservations ?? [],
  }))
}
