import { createPlan } from "../../../src/actions/plans/create-plan.ts"
import { makePlan } from "../../../src/actions/plans/make-plan.ts"
import { logit } from "../../../src/core/measure/logistic-regression.ts"
import { createForecaster, type Forecaster } from "../../../src/core/plan/plan-forecast.ts"
import type { PlanRequest } from "../../../src/core/policy/plan-request.ts"
import { knownTakeUp } from "./known-take-up.ts"
import { benchActor, type OpenWorld } from "./open-world.ts"
import { type PlanSend, readAll } from "./product.ts"
import { forecasterBy, organicDemandAt, suggestionValue, trueTakeUp } from "./suggestion-truth.ts"

/** Customers asked at one time. */
export interface AskedNow {
  /** User ids by customer id. */
  userIdOf: ReadonlyMap<string, string>
  nowMs: number
}

/** Makes plans by the release and by the truth within the same limits; each one's true value as a share of the best one's. */
export async function comparePlans(world: OpenWorld, request: PlanRequest, { userIdOf, nowMs }: AskedNow) {
  const { services, product, shop, evenTruth } = world
  const demandOf = organicDemandAt(shop.truth, nowMs)
  const { truth, items } = shop
  const terms = { truth, items, userIdOf, demandOf, costs: request.costs, nowMs }
  const trueValue = suggestionValue(terms)
  const moved = trueTakeUp(terms)
  const movedEvenly = trueTakeUp({ ...terms, truth: evenTruth })
  const known = await knownTakeUp(world, { customerIds: [...userIdOf.keys()], nowMs, moved })
  const planBy = async (forecast: Forecaster, own: Partial<PlanRequest> = {}) => {
    const plan = await createPlan(services, { ...request, ...own }, benchActor)
    await makePlan(services, plan, { actor: benchActor, forecast: () => forecast })
    const sends = await readAll<"sends", PlanSend>(product, `/v1/sends?plan=${plan.id}`, "sends")
    return {
      sends,
      value: sends.reduce((sum, { customerId, itemId }) => sum + trueValue(customerId, itemId), 0),
      expected: sends.reduce((sum, { expectedValue }) => sum + expectedValue, 0),
    }
  }
  const released = createForecaster(services.live.current()!, services.catalogue.current())!
  const alike: Forecaster = {
    ...released,
    forecast: (...asked) => released.forecast(...asked).map((one) => ({ ...one, takeUpLogOdds: 0 })),
  }
  const widest = { candidatesPerCustomer: 50 }
  const ours = await planBy(released)
  const best = await planBy(
    forecasterBy((...pair) => logit(moved(...pair)), terms),
    widest,
  )
  const shareOf = async (forecaster: Forecaster) => (await planBy(forecaster, widest)).value / best.value
  return {
    sends: ours.sends,
    shares: {
      takeUp: ours.value / best.value,
      takeUpKnown: await shareOf(forecasterBy(known, terms)),
      takeUpEven: await shareOf(forecasterBy((...pair) => logit(movedEvenly(...pair)), terms)),
      takeUpAlike: (await planBy(alike)).value / best.value,
      takeUpExpected: ours.expected / best.value,
    },
  }
}
