import { sql } from "drizzle-orm"
import { customerTables } from "../database/data-inventory.ts"
import type { Database } from "../database/database.ts"

/** Gives every row of the customers that ended to those they became; their profiles and forwarding are the caller's. */
export async function moveRows(
  transaction: Pick<Database, "execute">,
  merges: readonly { from: string; into: string }[],
): Promise<true> {
  const ending = merges.map(({ from }) => from).sort()
  // Decisions being written for a customer that ends are waited for, and those that come meanwhile wait: see `settled_customer`.
  if (ending.length > 0)
    await transaction.execute(sql`
      select end_customer(id::uuid) from json_array_elements_text(${JSON.stringify(ending)}::json) as ending(id)`)
  for (const { from, into } of merges) {
    for (const { name, merge } of customerTables)
      if (merge === "move")
        await transaction.execute(
          sql`update ${sql.identifier(name)} set customer_id = ${into} where customer_id = ${from}`,
        )
    // Bytes under a key never change, so where both have content under one key the older customer's stays.
    await transaction.execute(sql`
      delete from contents where customer_id = ${from} and exists (
        select from contents kept where kept.customer_id = ${into} and kept.placement = contents.placement
          and kept.campaign = contents.campaign and kept.slot = contents.slot and kept.format = contents.format)`)
    await transaction.execute(sql`update contents set customer_id = ${into} where customer_id = ${from}`)
    // What a trigger did for either it does not do again for both.
    await transaction.execute(sql`
      with gone as (delete from trigger_firings where customer_id = ${from} returning *)
      insert into trigger_firings (customer_id, placement, trigger, firing_window, decision_id, at)
      select ${into}, placement, trigger, firing_window, decision_id, at from gone on conflict do nothing`)
    await transaction.execute(sql`
      with gone as (delete from contacts where customer_id = ${from} returning reservations)
      insert into contacts (customer_id, reservations, updated_at)
      select ${into}, reservations, now() from gone
      on conflict (customer_id) do update set version = contacts.version + 1,
        reservations = contacts.reservations || excluded.reservations, updated_at = excluded.updated_at`)
    await transaction.execute(sql`update profiles set merged_into = ${into} where merged_into = ${from}`)
  }
  return true
}
