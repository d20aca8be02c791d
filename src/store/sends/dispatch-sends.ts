import { sql } from "drizzle-orm"
import { customerRefusal, isGift, itemRefusal, shipsGoods } from "../../core/plan/allowed-levels.ts"
import { ladderTerms } from "../../core/plan/plan-constraints.ts"
import { inFlightKey, stockKey } from "../../core/plan/resource-claims.ts"
import { answerContacts, lockHolds } from "./lock-holds.ts"
import { releaseSendHolds, spendSendHolds } from "./send-holds.ts"
import type { MoveOrder, Moving, Transaction, Tried } from "./send-move.ts"
import type { StoredSend } from "./send-rows.ts"

const dayMs = 86_400_000

/** Lets sends leave: the last moment at which a veto, a withdrawn opt-in or a complaint stops one. What they held becomes use, and a unit leaves the stock. */
export async function dispatchSends(
  transaction: Transaction,
  moving: readonly Moving[],
  { nowMs }: MoveOrder,
): Promise<Tried> {
  const moved: StoredSend[] = []
  const refused: Tried["refused"][number][] = []
  for (const one of moving) {
    const reason = refusal(one, nowMs)
    if (reason === undefined) moved.push({ ...one.send, resolveBy: one.at + one.request.deliveryDays * dayMs })
    else refused.push({ send: one.send, reason })
  }
  const atById = new Map(moving.map(({ send, at }) => [send.id, at]))
  const contacts = await answerContacts(transaction, moved, nowMs, (held, { id }) => ({
    ...held,
    activatedAt: atById.get(id)!,
  }))
  const holds = await lockHolds(transaction, moved, nowMs)
  const stock = holds.filter(({ key }) => key.startsWith(stockKey("")))
  await releaseSendHolds(transaction, stock)
  await takeFromStock(transaction, stock)
  const open = new Set(moved.map(({ planId }) => inFlightKey(planId)))
  await spendSendHolds(
    transaction,
    holds.filter((hold) => !stock.includes(hold) && !open.has(hold.key)),
  )
  await contacts.write()
  return { moved, refused }
}

function refusal({ send, profile, request, policy, item }: Moving, nowMs: number): string | undefined {
  if (send.vetoUntil !== null && nowMs < send.vetoUntil)
    return `the customer may still say no until ${new Date(send.vetoUntil).toISOString()}`
  const terms = ladderTerms(request, policy, nowMs)
  if (!send.gift && isGift(terms, profile.consents)) return "the customer's opt-in is not known any more"
  // Its own unit is held, so the last of the stock may leave.
  const inStock = item && shipsGoods(request.autonomyLevel) ? { ...item, stock: 1 } : item
  return (customerRefusal(profile, terms) ?? itemRefusal(profile, inStock, undefined, terms))?.reason
}

/** The shop's next word on its stock counts them no more. */
async function takeFromStock(transaction: Transaction, holds: readonly { key: string }[]): Promise<void> {
  if (holds.length === 0) return
  const ids = JSON.stringify(holds.map(({ key }) => key.slice(stockKey("").length)))
  // In one order, because the catalogue is written by others too.
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
