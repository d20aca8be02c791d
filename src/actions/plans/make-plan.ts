import type { Actor } from "../../core/access/actor.ts"
import type { Catalogue } from "../../core/catalogue/catalogue.ts"
import { type CandidateColumns, createCandidateColumns } from "../../core/plan/candidate-columns.ts"
import { describePlan } from "../../core/plan/describe-plan.ts"
import { isInHoldout } from "../../core/plan/holdout.ts"
import { largestItem, mostOfItem, mostSends, withItemLimits } from "../../core/plan/item-limits.ts"
import { optimizePlanInSteps, type SendPlan } from "../../core/plan/optimize-plan.ts"
import { createForecaster, type Forecaster } from "../../core/plan/plan-forecast.ts"
import { shipsGoods } from "../../core/plan/plan-gates.ts"
import { createPlanTally } from "../../core/plan/plan-tally.ts"
import type { SendCandidates, SendLimits } from "../../core/plan/send-problem.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Release } from "../../core/release/release.ts"
import type { Services } from "../../services.ts"
import { createLease } from "../../store/database/leases.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"
import type { StoredSend } from "../../store/sends/send-rows.ts"
import { customerArm } from "../customers/customer-arm.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { stockLeftOf, weighCustomers } from "./weigh-customers.ts"

type Tools = Pick<Services, "store" | "config" | "live" | "catalogue" | "policies" | "clock" | "newId" | "log">

export interface PlanProgress {
  step: "weighing" | "choosing" | "proposing"
  done: number
  /** `null`: not known yet. */
  of: number | null
}

export interface MakePlanOptions {
  actor: Actor
  /** Stops the planning. */
  signal?: AbortSignal | undefined
  onProgress?: (progress: PlanProgress) => void
  /** Creates the forecaster; by default from the release's own models. */
  forecast?: (release: Release, catalogue: Catalogue) => Forecaster | null
}

const sendsAWrite = 500

const leaseMs = 30_000

/**
 * Makes a plan: filters and values the candidates of every customer, optimises the choice within the budgets and proposes the sends;
 * yields to the event loop every few milliseconds. Returns `null` where another process makes it, or
 * `signal` stopped it.
 */
export async function makePlan(
  services: Tools,
  plan: StoredPlan,
  options: MakePlanOptions,
): Promise<StoredPlan | null> {
  const { store, newId } = services
  const lease = createLease(store.leases, { name: `plan:${plan.id}`, holder: newId(), forMs: leaseMs })
  const makeOnce = async () => {
    try {
      // Another process may have made it just before.
      const current = await store.plans.read(plan.id)
      return current?.status === "planning" ? await make(services, plan, options) : null
    } catch (error) {
      if (options.signal?.aborted) return null
      throw error
    }
  }
  const made = await lease.run(() => lease.prolongDuring(makeOnce))
  return made ?? null
}

async function make(
  services: Tools,
  plan: StoredPlan,
  { actor, onProgress = () => {}, forecast = createForecaster, signal }: MakePlanOptions,
): Promise<StoredPlan | null> {
  const startedAt = performance.now()
  const release = services.live.current()
  const forecaster = release && forecast(release, services.catalogue.current())
  if (release === null || forecaster === null) throw noModel()
  // A planning that was broken off may have proposed something.
  await services.store.sends.deleteProposed(plan.id)
  const tally = createPlanTally()
  const columns = createCandidateColumns()
  const onCustomers = (done: number) => onProgress({ step: "weighing", done, of: null })
  await weighCustomers(services, plan.request, { forecaster, tally, columns, onCustomers, signal })
  const { candidates, limits } = questionOf(services, plan, columns, forecaster)
  const chosen = await chooseSends(candidates, limits, plan.request, onProgress)
  const { summary, sends } = describePlan(plan.request, columns, chosen, tally, {
    isInHoldout: (customerId) => isInHoldout(plan.id, customerId, plan.request.holdoutShare),
    cutoff: forecaster.cutoff(plan.request.promise),
    items: services.catalogue.current().items,
    seconds: (performance.now() - startedAt) / 1000,
  })
  await propose(services, plan, sends, onProgress)
  const { store, clock } = services
  const change = { id: plan.id, from: ["planning"], to: "planned", at: clock(), actor } as const
  return store.plans.change({ ...change, releaseId: release.id, summary })
}

/** Number of times a choice is made anew because it came out smaller than its limits on items were made for. */
const choices = 4

async function chooseSends(
  candidates: SendCandidates,
  limits: SendLimits,
  request: StoredPlan["request"],
  onProgress: (progress: PlanProgress) => void,
): Promise<SendPlan> {
  let expected = mostSends(candidates, limits)
  for (let choice = 1; ; choice++) {
    const within = withItemLimits(limits, expected, request)
    const chosen = await runCooperatively(
      optimizePlanInSteps(candidates, within, {
        onProgress: ({ pass, passes }) => onProgress({ step: "choosing", done: pass, of: passes }),
      }),
    )
    if (choice === choices || largestItem(chosen, candidates) <= mostOfItem(chosen.rows.length, limits, request))
      return chosen
    expected = chosen.rows.length
  }
}

export const noModel = (): ApiError =>
  new ApiError("conflict", "the live release has no keep model; train a release and promote it")

function questionOf(
  { catalogue, policies }: Tools,
  { request }: StoredPlan,
  columns: CandidateColumns,
  forecaster: Forecaster,
) {
  const { items } = catalogue.current()
  const stockLeft = stockLeftOf(items, policies.capacityUsage())
  const { money, volume, contactsPerCustomer } = request.budgets
  const promise = shipsGoods(request.autonomyLevel)
    ? request.promise + forecaster.allowance(request.promise)
    : request.promise
  const stock = columns.itemIds.map((itemId) => stockLeft(itemId) ?? Number.POSITIVE_INFINITY)
  return {
    candidates: columns.candidates(),
    limits: { money, volume, stock, contacts: contactsPerCustomer, promise, floor: request.minKeepProbability },
  }
}

async function propose(
  services: Tools,
  { id: planId, request: { autonomyLevel } }: StoredPlan,
  sends: ReturnType<typeof describePlan>["sends"],
  onProgress: (progress: PlanProgress) => void,
): Promise<void> {
  const { store, clock, newId } = services
  const at = clock()
  for (let from = 0; from < sends.length; from += sendsAWrite) {
    const rows = sends.slice(from, from + sendsAWrite).map(
      ({ customerId, segment, inHoldout, item }): StoredSend => ({
        id: newId(),
        customerId,
        planId,
        itemId: item.itemId,
        autonomyLevel,
        state: "proposed",
        inHoldout,
        segment,
        keepProbability: item.keep,
        organicProbability: item.buysAnyway,
        expectedValue: item.value,
        money: item.money,
        gift: item.gift,
        times: { proposed: at },
        terms: {},
        createdAt: at,
        vetoUntil: null,
        resolveBy: null,
        resolvedAt: null,
        arm: customerArm(services, customerId).name,
      }),
    )
    await store.sends.insert(rows)
    onProgress({ step: "proposing", done: from + rows.length, of: sends.length })
  }
}
