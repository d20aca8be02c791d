import { type SQL, sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { releaseHoldsOf } from "../sends/send-holds.ts"
import { forgetCounterparts } from "./counterparts.ts"

type Transaction = Pick<Database, "execute">

/** Every table with rows of a customer and what their customer may see of them. `messages` has nobody's: its ids alone. */
const tables = {
  profiles: sql`customer_id, merged_into, history, encode(vector, 'base64') as vector, vector_release, stage, traits,
    trait_times, claimed_traits, claimed_trait_times, consents,
    created_at, updated_at`,
  contacts: sql`customer_id, reservations, updated_at`,
  identifiers: sql`type, value, customer_id, attached_at, trust, used_at`,
  events: sql`customer_id, at, message_id, name, lines, channel, properties, received_at, trust, given_name`,
  decisions: sql`customer_id, at, id, verb, placement, channel, kind, offer_id, release_id, policy_version, trace, expires_at,
    activated_at, activation_reported_at, link_clicks`,
  decision_index: sql`id, customer_id, at`,
  outcomes: sql`customer_id, decision_id, message_id, outcome, at, value, reported_at`,
  contents: sql`customer_id, placement, campaign, slot, format, decision_id, encode(body, 'base64') as body, created_at`,
  sends: sql`customer_id, id, plan_id, item_id, rung, state, withheld, segment, p, b, delta, money, gift, times, terms, created_at,
    veto_until, resolve_by, resolved_at`,
  webhook_messages: sql`id, customer_id, subject, type, body, created_at`,
  trigger_firings: sql`customer_id, placement, trigger, occasion, decision_id, at`,
} satisfies Record<string, SQL>

export const customerTables: readonly string[] = Object.keys(tables)

/** The customer and the ids that were merged into them. */
const idsOf = (customerId: string) =>
  sql`(select ${customerId}::uuid union select customer_id from profiles where merged_into = ${customerId}::uuid)`

/** Every row of the customer and of those merged into them, by table; names in camelCase, times in ISO 8601, bytes in base64. */
export async function readCustomerRows(
  transaction: Transaction,
  customerId: string,
): Promise<Record<string, readonly unknown[]>> {
  const found: Record<string, readonly unknown[]> = {}
  for (const [table, columns] of Object.entries(tables)) {
    const rows = await transaction.execute<{ row: Record<string, unknown> }>(sql`
      select to_jsonb(own) as row
      from (select ${columns} from ${sql.identifier(table)} where customer_id in ${idsOf(customerId)}) own`)
    found[camelCase(table)] = rows.map(({ row }) => withCamelCase(row))
  }
  return found
}

const camelCase = (name: string) => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const withCamelCase = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value]))

/**
 * Deletes them all; the profiles, which say whose rows there are, last. Returns how many rows went. Throws `Conflict` where the
 * customer is merged into another meanwhile, and waits for decisions and outcomes that are being written for them.
 */
export async function deleteCustomerRows(
  transaction: Transaction,
  customerId: string,
  idOf: (identifier: Identifier) => string,
): Promise<number> {
  const profiles = await transaction.execute<{ merged: boolean }>(sql`
    select customer_id = ${customerId}::uuid and merged_into is not null as merged from profiles
    where customer_id in ${idsOf(customerId)} order by customer_id for update`)
  if (profiles.some(({ merged }) => merged)) throw new Conflict("the customer was merged meanwhile")
  await transaction.execute(sql`select end_customer(${customerId}::uuid)`)
  const identifiers = await transaction.execute<Identifier & Record<string, unknown>>(
    sql`select type, value from identifiers where customer_id in ${idsOf(customerId)}`,
  )
  await forgetCounterparts(transaction, idsOf(customerId), identifiers.map(idOf))
  await releaseHoldsOf(
    transaction,
    sql`select decision_id from supply_holds join sends on sends.id = decision_id where sends.customer_id in ${idsOf(customerId)}`,
  )
  let count = 0
  for (const table of customerTables.toReversed()) {
    const deleted = await transaction.execute(
      sql`delete from ${sql.identifier(table)} where customer_id in ${idsOf(customerId)} returning 1`,
    )
    count += deleted.length
  }
  return count
}
