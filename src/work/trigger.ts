import { type PlacedPlan, startScheduledPlan } from "../actions/plans/start-scheduled-plan.ts"
import { type FiringResult, fireTrigger, type PlacedTrigger } from "../actions/triggers/fire-trigger.ts"
import { systemActor } from "../core/access/actor.ts"
import type { Catalogue } from "../core/catalogue/catalogue.ts"
import { eventRuleOf, firingWindowOf, lastDueAt, type TriggerEvent } from "../core/decision/trigger.ts"
import { isOnSite } from "../core/policy/policy.ts"
import { isConnectionLoss } from "../core/problem/database-reason.ts"
import { isUnavailable } from "../core/problem/problem.ts"
import { hourMs } from "../core/time/durations.ts"
import type { Services } from "../services.ts"
import { createLease } from "../store/database/leases.ts"
import { type Loop, repeat } from "./repeat.ts"

const name = "trigger"
const leaseMs = 30_000
/** Events come late, and what may not be said now may be later: so often all that is fresh is looked at again. */
const lookAgainMs = 10 * 60_000
/** An event is stored a little after it happened; each look reaches back this far behind the one before. */
const overlapMs = 30_000
const customersAtOnce = 500
const decisionsAtOnce = 8

/** Memory of this process of a trigger while it holds the lease. */
interface Sweep {
  /** Until when events were looked at. */
  seenUntilMs: number
  lookedAtAllMs: number
  /** Keys of trigger events that the next look will find again though they were just decided about. */
  tried: ReadonlySet<string>
}

/** Fires the triggers and begins the scheduled plans of all policies, in one process at a time; what others do at the same moment does nothing twice. */
export function startTriggering(services: Services, { pauseMs = 2000 }: { pauseMs?: number } = {}): Loop {
  const lease = createLease(services.store.leases, { name, holder: services.newId(), forMs: leaseMs })
  let sweeps = new Map<string, Sweep>()
  const actor = systemActor(name)
  const loop = repeat(services, { name, pauseMs }, async () => {
    for (const placed of triggersOf(services)) {
      if (!(await lease.acquire())) {
        sweeps = new Map()
        return
      }
      const key = JSON.stringify([placed.placement, placed.trigger])
      const { fired, sweep } = await fireDue(services, placed, sweeps.get(key), lease.acquire)
      if (sweep) sweeps.set(key, sweep)
      else sweeps.delete(key)
      if (fired > 0)
        services.log.info({ placement: placed.placement, trigger: placed.trigger.id, fired }, "fired triggers")
    }
    for (const placed of scheduledPlansOf(services)) await startScheduledPlan(services, placed, actor)
  })
  return {
    async stop() {
      await loop.stop()
      await lease.release()
    },
  }
}

const triggersOf = ({ policies }: Services): PlacedTrigger[] =>
  policies
    .all()
    .flatMap(({ placement, policy, sinceMs }) => policy.triggers.map((trigger) => ({ placement, trigger, sinceMs })))

const scheduledPlansOf = ({ policies }: Services): PlacedPlan[] =>
  policies
    .all()
    .flatMap(({ placement, policy, sinceMs }) =>
      policy.scheduledPlans.map((scheduled) => ({ placement, scheduled, sinceMs })),
    )

/**
 * Fires one trigger for everybody it is due for; looks at all that is fresh, or at what is new since the sweep `before`. The sweep it
 * returns is `undefined` if it may not go on to its end.
 */
export async function fireDue(
  services: Services,
  placed: PlacedTrigger,
  before?: Sweep,
  mayGoOn: () => Promise<boolean> = async () => true,
): Promise<{ fired: number; sweep: Sweep | undefined }> {
  const nowMs = services.clock()
  const isWhole = before === undefined || Math.abs(nowMs - before.lookedAtAllMs) >= lookAgainMs
  const search = searchOf(services, placed, nowMs, { seenUntilMs: before?.seenUntilMs ?? null, isWhole })
  const tried = new Set<string>()
  let fired = 0
  let afterCustomerId: string | null = null
  while (search !== null) {
    const found = await search.read(afterCustomerId)
    const due = isWhole ? found : found.filter((event) => !before.tried.has(keyOf(event)))
    for (let n = 0; n < due.length; n += decisionsAtOnce) {
      const some = due.slice(n, n + decisionsAtOnce)
      const results = await Promise.all(some.map((event) => fireOne(services, placed, event)))
      fired += results.filter((result) => result === "fired").length
    }
    for (const event of found) if (event.at > search.untilMs - overlapMs) tried.add(keyOf(event))
    if (found.length < customersAtOnce) break
    if (!(await mayGoOn())) return { fired, sweep: undefined }
    afterCustomerId = found.at(-1)!.customerId
  }
  return { fired, sweep: { seenUntilMs: nowMs, lookedAtAllMs: isWhole ? nowMs : before.lookedAtAllMs, tried } }
}

/** One customer who cannot be decided about holds nobody up; a lost database ends the look, and the next begins anew. */
async function fireOne(services: Services, placed: PlacedTrigger, event: TriggerEvent): Promise<FiringResult> {
  try {
    return await fireTrigger(services, placed, event)
  } catch (error) {
    if (isUnavailable(error) || isConnectionLoss(error)) throw error
    const { placement, trigger } = placed
    services.log.error(
      { err: error, placement, trigger: trigger.id, customerId: event.customerId },
      "failed to fire a trigger for a customer",
    )
    return "nothing"
  }
}

const keyOf = ({ customerId, at }: TriggerEvent) => `${customerId} ${at}`

interface Search {
  /** Time until which trigger events are found, milliseconds since the epoch. */
  untilMs: number
  /** The next page, in order of customer id. */
  read(afterCustomerId: string | null): Promise<TriggerEvent[]>
}

/** True if a notice may stand in a placement; it needs no consent, only a channel that the customer gave. */
const mayNotify = ({ offers }: Catalogue, placement: string): boolean =>
  [...offers.values()].some(({ kind, placements }) => kind === "notice" && (placements?.includes(placement) ?? true))

/** Returns the search for the customers whom a trigger is due for, or `null` when there can be none. */
function searchOf(
  { store, catalogue }: Services,
  { placement, trigger, sinceMs: inForceSinceMs }: PlacedTrigger,
  nowMs: number,
  { seenUntilMs, isWhole }: { seenUntilMs: number | null; isWhole: boolean },
): Search | null {
  const name = { placement, trigger: trigger.id }
  const page = (afterCustomerId: string | null) => ({ afterCustomerId, limit: customersAtOnce })
  const rule = eventRuleOf(trigger)
  const evenWithoutConsent = isOnSite(trigger.channel) || (rule !== null && mayNotify(catalogue.current(), placement))
  const freshMs = trigger.maxAgeHours * hourMs
  if (rule !== null) {
    const untilMs = nowMs - rule.afterMs
    const sinceMs = isWhole || seenUntilMs === null ? 0 : seenUntilMs - rule.afterMs - overlapMs
    const fromMs = Math.max(untilMs - freshMs, sinceMs)
    const wanted = { notSinceMs: nowMs - trigger.cooldownHours * hourMs, evenWithoutConsent }
    const range = { ...rule, fromMs, untilMs }
    return { untilMs, read: (afterCustomerId) => store.triggers.findEvents(name, range, wanted, page(afterCustomerId)) }
  }
  const at = lastDueAt(trigger, nowMs)
  const wasSeen = seenUntilMs !== null && seenUntilMs >= at
  const isBefore = "schedule" in trigger.when && at < inForceSinceMs
  if (wasSeen || isBefore || nowMs - at > freshMs) return null
  const happened = { at, properties: {} }
  const { notSinceMs } = firingWindowOf(trigger, { ...happened, customerId: "" }, nowMs)
  const wanted = { notSinceMs, evenWithoutConsent }
  return {
    untilMs: at,
    async read(afterCustomerId) {
      const customers = await store.triggers.customers(name, wanted, page(afterCustomerId))
      return customers.map((customerId) => ({ ...happened, customerId }))
    },
  }
}
