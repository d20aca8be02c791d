import { type SQL, sql } from "drizzle-orm"
import type { Arm } from "../../core/decision/arm.ts"
import type { SendState, SendTimes } from "../../core/history/send-state.ts"
import type { ReservationTerms } from "../../core/plan/plan-schema.ts"
import type { AutonomyLevel } from "../../core/policy/autonomy-levels.ts"
import { resolveCustomerIds } from "../customers/resolve-customer-ids.ts"
import type { Database } from "../database/database.ts"
import { columnToTimestamp, epochMs } from "../database/epoch.ts"

/** One item proposed to one customer by a plan; times are milliseconds since the epoch. */
export interface StoredSend {
  id: string
  customerId: string
  planId: string
  itemId: string
  autonomyLevel: AutonomyLevel
  state: SendState
  inHoldout: boolean
  segment: string
  /** P(kept | sent). */
  keepProbability: number
  /** P(bought without a send). */
  organicProbability: number
  /** Expected increment in money. */
  expectedValue: number
  /** Money at risk, which budgets reserve. */
  money: number
  gift: boolean
  times: SendTimes
  terms: ReservationTerms
  createdAt: number
  /** End of the veto period, before which it is not dispatched. */
  vetoUntil: number | null
  /** Next deadline: an approved send is tried again, an open one is resolved by timeout. */
  resolveBy: number | null
  resolvedAt: number | null
  /** Arm of the customer when it was proposed; absent where it is not read, `null`: there were none. */
  arm?: Arm | null
}

export const sendColumns = sql`id, customer_id as "customerId", plan_id as "planId", item_id as "itemId", autonomy_level as "autonomyLevel",
  state, in_holdout as "inHoldout", segment, keep_probability as "keepProbability", organic_probability as "organicProbability",
  expected_value as "expectedValue", money, gift, times, terms, ${epochMs("created_at")} as "createdAt", ${epochMs("veto_until")} as "vetoUntil",
  ${epochMs("resolve_by")} as "resolveBy", ${epochMs("resolved_at")} as "resolvedAt"`

/** The sends that `rest`, everything from `where` on, picks. */
export async function selectSends(database: Pick<Database, "execute">, rest: SQL): Promise<StoredSend[]> {
  const rows = await database.execute<StoredSend & Record<string, unknown>>(
    sql`select ${sendColumns}, arm from sends ${rest}`,
  )
  return [...rows]
}

const given = sql`given("customerId" uuid, id uuid, "planId" uuid, "itemId" text, "autonomyLevel" text, state text,
  "inHoldout" boolean, segment text, "keepProbability" float8, "organicProbability" float8, "expectedValue" float8, money float8, gift boolean, times jsonb, terms jsonb, "createdAt" float8, "vetoUntil" float8,
  "resolveBy" float8, "resolvedAt" float8, arm text)`

/** Writes new sends of plans that are still being planned; a customer who is being merged or erased is waited for. */
export async function insertSends(database: Pick<Database, "execute">, sends: readonly StoredSend[]): Promise<void> {
  const standing = await resolveCustomerIds(
    database,
    sends.map(({ customerId }) => ({ customerId, customerKnown: true })),
  )
  const rows = sends.flatMap((send) => {
    const customerId = standing.get(send.customerId)
    return customerId === undefined ? [] : [{ ...send, customerId }]
  })
  if (rows.length === 0) return
  await database.execute(sql`
    with planned as (
      insert into sends (customer_id, id, plan_id, item_id, autonomy_level, state, in_holdout, segment, keep_probability,
        organic_probability, expected_value, money, gift, times, terms, created_at, veto_until, resolve_by, resolved_at, arm)
      select "customerId", id, "planId", "itemId", "autonomyLevel", state, "inHoldout", segment, "keepProbability",
        "organicProbability", "expectedValue", money, gift, times, terms,
        ${columnToTimestamp('"createdAt"')}, ${columnToTimestamp('"vetoUntil"')}, ${columnToTimestamp('"resolveBy"')},
        ${columnToTimestamp('"resolvedAt"')}, arm from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ${given}
      where exists (select from plans where plans.id = "planId" and status = 'planning' for share)
      returning id, customer_id
    )
    insert into send_index (id, customer_id) select id, customer_id from planned`)
}

/** Writes the state columns of sends that the caller has locked. */
export async function updateSends(database: Pick<Database, "execute">, sends: readonly StoredSend[]): Promise<void> {
  if (sends.length === 0) return
  await database.execute(sql`
    update sends set state = given.state, times = given.times, terms = given.terms,
      veto_until = ${columnToTimestamp('given."vetoUntil"')}, resolve_by = ${columnToTimestamp('given."resolveBy"')},
      resolved_at = ${columnToTimestamp('given."resolvedAt"')}
    from jsonb_to_recordset(${JSON.stringify(sends)}::jsonb) as ${given}
    where sends.customer_id = given."customerId" and sends.id = given.id`)
}
