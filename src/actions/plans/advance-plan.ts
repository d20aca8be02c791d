import type { SendState } from "../../core/history/send-state.ts"
import { dayMs } from "../../core/time/durations.ts"
import type { Services } from "../../services.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"
import type { StoredSend } from "../../store/sends/send-rows.ts"
import { signVetoToken } from "../sends/veto-token.ts"

type Tools = Pick<Services, "store" | "policies" | "clock">

const sendsAtOnce = 100
const chunksATurn = 20

/** Approves the sends of an approved plan and reserves those of a running plan within `inFlight`, a bounded number a turn. */
export async function advancePlan(services: Tools, plan: StoredPlan): Promise<void> {
  for (let chunk = 0; chunk < chunksATurn; chunk++) {
    const proposed = await services.store.sends.waiting(plan.id, "proposed", services.clock(), sendsAtOnce)
    if (proposed.length === 0) break
    await transitionAll(services, proposed, "approved")
  }
  if (plan.status !== "running" || isOver(plan, services.clock())) return
  for (let chunk = 0; chunk < chunksATurn; chunk++) {
    const room = await roomOf(services, plan)
    if (room === 0) return
    const approved = await services.store.sends.waiting(
      plan.id,
      "approved",
      services.clock(),
      Math.min(room, sendsAtOnce),
    )
    if (approved.length === 0) return
    await transitionAll(services, approved, "reserved")
  }
}

/** Returns whether a plan's sending period is over. */
export const isOver = ({ startedAt, request }: StoredPlan, nowMs: number): boolean =>
  startedAt !== null && nowMs >= startedAt + request.sendWithinDays * dayMs

async function roomOf({ store }: Tools, { id, request }: StoredPlan): Promise<number> {
  const { reserved = 0, dispatched = 0, delivered = 0 } = await store.sends.countStates(id)
  return Math.max(0, request.budgets.inFlight - reserved - dispatched - delivered)
}

/** Changes the state of sends on behalf of their plan; refused sends stay as they are. */
export async function transitionAll(
  services: Tools,
  sends: readonly StoredSend[],
  to: SendState,
  { byTimeout = false }: { byTimeout?: boolean } = {},
): Promise<void> {
  const nowMs = services.clock()
  const tokens = new Map<string, string>()
  if (to === "reserved") for (const { id } of sends) tokens.set(id, await signVetoToken(services, id))
  await services.store.sends.transition({
    ids: sends.map(({ id }) => id),
    to,
    at: nowMs,
    nowMs,
    byTimeout,
    policyOf: services.policies.of,
    vetoTokenOf: ({ id }) => tokens.get(id)!,
  })
}
