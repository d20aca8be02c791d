import { sql } from "drizzle-orm"
import type { Item } from "../../core/catalogue/item.ts"
import { endingOf, endings, moveOf, type SendState } from "../../core/history/send-state.ts"
import type { PlanStatus } from "../../core/plan/plan-schema.ts"
import type { PlanRequest } from "../../core/policy/plan-request.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { countedTime } from "../../core/time/reported-time.ts"
import { lockProfilesOf, type Profile } from "../customers/profiles.ts"
import { Conflict } from "../database/database-errors.ts"
import { dispatchSends } from "./dispatch-sends.ts"
import { endSends } from "./end-sends.ts"
import { tellOfSends } from "./publish-send-events.ts"
import { reserveSends } from "./reserve-sends.ts"
import type { MoveOrder, MoveResult, Moving, Transaction, Tried } from "./send-move.ts"
import { type StoredSend, selectSends, updateSends } from "./send-rows.ts"

/**
 * Moves sends: profiles are locked in id order, then the sends, so that a customer's sends move one after another; what each takes or
 * gives back, its event in the history and the message that tells of it are written in the same transaction. Unknown ids are left out.
 */
export async function moveSends(transaction: Transaction, order: MoveOrder): Promise<MoveResult[]> {
  const { sends, profiles } = await lockSends(transaction, order.ids)
  const results: MoveResult[] = []
  const moving: StoredSend[] = []
  for (const send of sends) {
    const verdict = judged(send, order)
    if (verdict === "move") moving.push(send)
    else
      results.push(verdict === "repeat" ? { send, status: "repeated" } : { send, status: "refused", reason: verdict })
  }
  if (moving.length === 0) return results
  const { moved, refused } = await carryOut(transaction, await knownOf(transaction, moving, profiles, order), order)
  await updateSends(transaction, [...moved, ...refused.map(({ send }) => send)])
  await tellOfSends(transaction, moved, profiles, order)
  return [
    ...results,
    ...moved.map((send) => ({ send, status: "recorded" as const })),
    ...refused.map(({ send, reason }) => ({ send, status: "refused" as const, reason })),
  ]
}

async function lockSends(
  transaction: Transaction,
  ids: readonly string[],
): Promise<{ sends: StoredSend[]; profiles: Map<string, Profile> }> {
  const asked = sql`id in (select given.id::uuid from json_array_elements_text(${JSON.stringify(ids)}::json) as given(id))`
  const owners = await transaction.execute<{ id: string }>(
    sql`select distinct customer_id as id from sends where ${asked}`,
  )
  const profiles = await lockProfilesOf(
    transaction,
    owners.map(({ id }) => id),
  )
  const sends = await selectSends(transaction, sql`where ${asked} order by id for update`)
  if (!sends.every(({ customerId }) => profiles.has(customerId))) throw new Conflict("a customer was merged meanwhile")
  return { sends, profiles }
}

/** Whether a send may move as far as its own state says; else why not. */
function judged(send: StoredSend, { to }: MoveOrder): "move" | "repeat" | string {
  if (send.inHoldout && to !== "vetoed")
    return "this customer is in the plan's holdout, which is never sent to, so that the increment can be measured"
  try {
    return moveOf(send, endingOf(to, send.gift))
  } catch (error) {
    if (error instanceof ApiError) return error.message
    throw error
  }
}

interface PlanRow extends Record<string, unknown> {
  id: string
  status: PlanStatus
  request: PlanRequest
  haltedSegments: readonly string[]
}

interface Known {
  moving: Moving[]
  planById: ReadonlyMap<string, PlanRow>
}

/** The plans, which then cannot halt meanwhile, and the items as they are now. */
async function knownOf(
  transaction: Transaction,
  sends: readonly StoredSend[],
  profiles: ReadonlyMap<string, Profile>,
  order: MoveOrder,
): Promise<Known> {
  const idsOf = (values: readonly string[]) =>
    sql`(select json_array_elements_text(${JSON.stringify([...new Set(values)])}::json))`
  const plans = await transaction.execute<PlanRow>(sql`
    select id, status, request,
      coalesce(jsonb_path_query_array(monitoring, '$.segments[*] ? (@.halted == true).segment'), '[]') as "haltedSegments"
    from plans where id::text in ${idsOf(sends.map(({ planId }) => planId))} order by id for share`)
  const planById = new Map(plans.map((plan) => [plan.id, plan]))
  const items = await transaction.execute<{ item: Item }>(sql`
    select item from items where deleted_at is null and id in ${idsOf(sends.map(({ itemId }) => itemId))}`)
  const itemById = new Map(items.map(({ item }) => [item.id, item]))
  const moving = sends.map((send) => {
    const { request } = planById.get(send.planId)!
    const profile = profiles.get(send.customerId)!
    const at = countedTime(order.at, { fromMs: Math.min(latestTime(send), order.nowMs), nowMs: order.nowMs })
    return { send, profile, request, policy: order.policyOf(request.placement), item: itemById.get(send.itemId), at }
  })
  return { moving, planById }
}

const latestTime = ({ times, createdAt }: StoredSend) => Math.max(createdAt, ...Object.values(times))

const startable: readonly PlanStatus[] = ["approved", "running"]

async function carryOut(transaction: Transaction, { moving, planById }: Known, order: MoveOrder): Promise<Tried> {
  const { to } = order
  const atById = new Map(moving.map(({ send, at }) => [send.id, at]))
  const stopped: { send: StoredSend; reason: string }[] = []
  const may: Moving[] = []
  for (const one of moving) {
    const reason = stopOf(planById.get(one.send.planId)!, one.send, to)
    if (reason === null) may.push(one)
    else stopped.push({ send: one.send, reason })
  }
  const tried = await tryAll(transaction, may, order)
  const moved = tried.moved.map((send) => entered(send, endingOf(to, send.gift), atById.get(send.id)!))
  return { moved, refused: [...stopped, ...tried.refused] }
}

/** Whether the plan lets a send go further; how one ends is always heard. */
function stopOf({ status, haltedSegments }: PlanRow, { segment }: StoredSend, to: SendState): string | null {
  const leaves = to === "reserved" || to === "dispatched"
  if ((leaves && status !== "running") || (to === "approved" && !startable.includes(status)))
    return `its plan is ${status}, so nothing more leaves`
  return leaves && haltedSegments.includes(segment) ? `its plan is halted for the segment ${segment}` : null
}

function tryAll(transaction: Transaction, moving: readonly Moving[], order: MoveOrder): Promise<Tried> {
  const { to } = order
  if (to === "reserved") return reserveSends(transaction, moving, order)
  if (to === "dispatched") return dispatchSends(transaction, moving, order)
  if (to === "vetoed" || endings.includes(to)) return endSends(transaction, moving, order)
  const moved = moving.map(({ send, request, at }) => (to === "delivered" ? awaitingReturn(send, request, at) : send))
  return Promise.resolve({ moved, refused: [] })
}

const dayMs = 86_400_000

const awaitingReturn = (send: StoredSend, { returnDays }: PlanRequest, at: number): StoredSend => ({
  ...send,
  resolveBy: at + returnDays * dayMs,
})

const entered = (send: StoredSend, state: SendState, at: number): StoredSend => ({
  ...send,
  state,
  times: { ...send.times, [state]: at },
})
