import { sql } from "drizzle-orm"
import { inFlightKey, stockKey } from "../../core/plan/resource-claims.ts"
import { dayMs } from "../../core/time/durations.ts"
import { lockSendCapacity, updateContacts } from "./lock-send-capacity.ts"
import { releaseSendCapacity, useSendCapacity } from "./send-capacity.ts"
import type { StoredSend } from "./send-rows.ts"
import type { LockedSend, Transaction, TransitionOrder } from "./send-transition.ts"

/** Turns what dispatched sends reserved into use and takes their units from the stock; returns the sends with their delivery deadline. */
export async function dispatchSends(
  transaction: Transaction,
  locked: readonly LockedSend[],
  { nowMs }: TransitionOrder,
): Promise<StoredSend[]> {
  const moved = locked.map(({ send, plan, at }) => ({ ...send, resolveBy: at + plan.request.deliveryDays * dayMs }))
  const atById = new Map(locked.map(({ send, at }) => [send.id, at]))
  const contacts = await updateContacts(transaction, moved, nowMs, (held, { id }) => ({
    ...held,
    activatedAt: atById.get(id)!,
  }))
  const reserved = await lockSendCapacity(transaction, moved, nowMs)
  const stock = reserved.filter(({ key }) => key.startsWith(stockKey("")))
  await releaseSendCapacity(transaction, stock)
  await takeFromStock(transaction, stock)
  const inFlight = new Set(moved.map(({ planId }) => inFlightKey(planId)))
  await useSendCapacity(
    transaction,
    reserved.filter((one) => !stock.includes(one) && !inFlight.has(one.key)),
  )
  await contacts.write()
  return moved
}

/** Takes the units of sent items from the catalogue's stock, until the shop reports its stock anew. */
async function takeFromStock(transaction: Transaction, reserved: readonly { key: string }[]): Promise<void> {
  if (reserved.length === 0) return
  const ids = JSON.stringify(reserved.map(({ key }) => key.slice(stockKey("").length)))
  // Locked in id order, since catalogue uploads lock the same rows.
  await transaction.execute(sql`
    with locked as (
      select id from items where id in (select json_array_elements_text(${ids}::json)) order by id for update
    )
    update items set updated_at = clock_timestamp(),
      item = jsonb_set(item, '{stock}', to_jsonb(greatest(0, (item ->> 'stock')::int - taken.units)))
    from locked join (
      select id, count(*)::int as units from json_array_elements_text(${ids}::json) as given(id) group by id
    ) taken using (id)
    where items.id = locked.id and item ? 'stock'`)
}
