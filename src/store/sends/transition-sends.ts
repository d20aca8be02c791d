import { sql } from "drizzle-orm"
import type { Item } from "../../core/catalogue/item.ts"
import { finalStateOf, finalStates, type SendState } from "../../core/history/send-state.ts"
import { evaluateState, evaluateTransition, type TransitionRows } from "../../core/plan/evaluate-transition.ts"
import type { PlanRequest } from "../../core/policy/plan-request.ts"
import { dayMs } from "../../core/time/durations.ts"
import { countedTime } from "../../core/time/reported-time.ts"
import type { Profile } from "../customers/profiles.ts"
import { dispatchSends } from "./dispatch-sends.ts"
import { endSends } from "./end-sends.ts"
import { lockSends } from "./lock-sends.ts"
import { publishSendEvents } from "./publish-send-events.ts"
import { reserveSends } from "./reserve-sends.ts"
import { type StoredSend, updateSends } from "./send-rows.ts"
import type {
  LockedSend,
  RefusedSend,
  Transaction,
  TransitionOrder,
  TransitionOutcome,
  TransitionResult,
} from "./send-transition.ts"

/**
 * Changes the state of sends in one transaction: locks profiles, then sends, each in id order, so that the sends of a customer change one
 * after another; writes reservations, events in the histories and webhook messages with them. Unknown ids are left out.
 */
export async function transitionSends(transaction: Transaction, order: TransitionOrder): Promise<TransitionResult[]> {
  const { sends, profiles } = await lockSends(transaction, order.ids)
  const results: TransitionResult[] = []
  const possible: StoredSend[] = []
  for (const send of sends) {
    const verdict = evaluateState(send, order.to)
    if (verdict === "apply") possible.push(send)
    else if (verdict === "repeat") results.push({ send, status: "repeated" })
    else results.push({ send, status: "refused", reason: verdict.refused })
  }
  if (possible.length === 0) return results
  const { moved, refused } = await apply(transaction, await lockRows(transaction, possible, profiles, order), order)
  await updateSends(transaction, [...moved, ...refused.map(({ send }) => send)])
  await publishSendEvents(transaction, moved, profiles, order)
  return [
    ...results,
    ...moved.map((send) => ({ send, status: "recorded" as const })),
    ...refused.map(({ send, reason }) => ({ send, status: "refused" as const, reason })),
  ]
}

interface PlanRow extends Record<string, unknown> {
  id: string
  plan: TransitionRows["plan"]
}

/** Reads the plans, locked so that none halts meanwhile, and the items of sends. */
async function lockRows(
  transaction: Transaction,
  sends: readonly StoredSend[],
  profiles: ReadonlyMap<string, Profile>,
  order: TransitionOrder,
): Promise<LockedSend[]> {
  const idsOf = (values: readonly string[]) =>
    sql`(select json_array_elements_text(${JSON.stringify([...new Set(values)])}::json))`
  const plans = await transaction.execute<PlanRow>(sql`
    select id, jsonb_build_object('status', status, 'request', request, 'haltedSegments',
      coalesce(jsonb_path_query_array(monitoring, '$.segments[*] ? (@.halted == true).segment'), '[]')) as plan
    from plans where id::text in ${idsOf(sends.map(({ planId }) => planId))} order by id for share`)
  const planById = new Map(plans.map(({ id, plan }) => [id, plan]))
  const items = await transaction.execute<{ item: Item }>(sql`
    select item from items where deleted_at is null and id in ${idsOf(sends.map(({ itemId }) => itemId))}`)
  const itemById = new Map(items.map(({ item }) => [item.id, item]))
  return sends.map((send) => {
    const plan = planById.get(send.planId)!
    const profile = profiles.get(send.customerId)!
    const at = countedTime(order.at, { fromMs: Math.min(latestTime(send), order.nowMs), nowMs: order.nowMs })
    return { send, plan, profile, policy: order.policyOf(plan.request.placement), item: itemById.get(send.itemId), at }
  })
}

const latestTime = ({ times, createdAt }: StoredSend) => Math.max(createdAt, ...Object.values(times))

async function apply(
  transaction: Transaction,
  locked: readonly LockedSend[],
  order: TransitionOrder,
): Promise<TransitionOutcome> {
  const { to, nowMs } = order
  const refused: RefusedSend[] = []
  const allowed: LockedSend[] = []
  for (const one of locked) {
    const verdict = evaluateTransition(one, to, nowMs)
    if (typeof verdict === "object") refused.push({ send: one.send, reason: verdict.refused })
    else allowed.push(one)
  }
  const outcome = await writeEffects(transaction, allowed, order)
  const atById = new Map(locked.map(({ send, at }) => [send.id, at]))
  const moved = outcome.moved.map((send) => entered(send, finalStateOf(to, send.gift), atById.get(send.id)!))
  return { moved, refused: [...refused, ...outcome.refused] }
}

/** Reserves, uses or releases what the new state takes. */
async function writeEffects(
  transaction: Transaction,
  locked: readonly LockedSend[],
  order: TransitionOrder,
): Promise<TransitionOutcome> {
  const { to } = order
  if (to === "reserved") return reserveSends(transaction, locked, order)
  if (to === "dispatched") return { moved: await dispatchSends(transaction, locked, order), refused: [] }
  if (to === "vetoed" || finalStates.includes(to))
    return { moved: await endSends(transaction, locked, order), refused: [] }
  const moved = locked.map(({ send, plan, at }) => (to === "delivered" ? awaitingReturn(send, plan.request, at) : send))
  return { moved, refused: [] }
}

const awaitingReturn = (send: StoredSend, { returnDays }: PlanRequest, at: number): StoredSend => ({
  ...send,
  resolveBy: at + returnDays * dayMs,
})

const entered = (send: StoredSend, state: SendState, at: number): StoredSend => ({
  ...send,
  state,
  times: { ...send.times, [state]: at },
})
