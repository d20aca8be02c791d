import { afterAll, beforeAll, expect, test } from "vitest"
import { startScheduledPlan } from "../../src/actions/plans/start-scheduled-plan.ts"
import { scheduledPlanSchema } from "../../src/core/policy/scheduled-plan.ts"
import { triggerSchema } from "../../src/core/policy/trigger-schema.ts"
import { fireDue, startTriggering } from "../../src/work/trigger.ts"
import { tester } from "../support/actor.ts"
import { releaseThatKeeps } from "../support/keep.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const hour = 3_600_000
let shop: TestApp

const draft = {
  id: "weekly",
  schedule: { at: "00:00" },
  plan: { name: "Parcels", budgets: { money: 100, volume: 10 } },
}
const scheduled = scheduledPlanSchema.parse({ ...draft, maxAgeHours: 30 })
const plans = async () => (await shop.ask("GET", "/v1/plans")).json.plans as { name: string; status: string }[]

beforeAll(async () => {
  shop = await openTestApp({ release: await releaseThatKeeps(["a"], 0.8) })
})
afterAll(() => shop.close())

test("a scheduled plan begins once a time, however many processes see it, and waits for its approval", async () => {
  const placed = { placement: "parcel", scheduled, sinceMs: 0 }
  const begun = await Promise.all([1, 2, 3].map(() => startScheduledPlan(shop.services, placed, tester)))
  expect(begun.toSorted()).toEqual([false, false, true])
  const today = new Date(shop.services.clock()).toISOString().slice(0, 10)
  expect(await plans()).toMatchObject([{ name: `Parcels ${today}`, status: "planning" }])
  shop.advance(24 * hour)
  expect(await startScheduledPlan(shop.services, placed, tester)).toBe(true)
  expect(await startScheduledPlan(shop.services, { ...placed, placement: "other" }, tester)).toBe(true)
})

test("a time before the policy was put, or too long past, begins nothing", async () => {
  const inForceNow = { placement: "new", scheduled, sinceMs: shop.services.clock() }
  expect(await startScheduledPlan(shop.services, inForceNow, tester)).toBe(false)
  const stale = scheduledPlanSchema.parse({ ...draft, maxAgeHours: 1e-6 })
  expect(await startScheduledPlan(shop.services, { placement: "late", scheduled: stale, sinceMs: 0 }, tester)).toBe(
    false,
  )
  const trigger = triggerSchema.parse({ id: "t", when: { schedule: { at: "00:00" } }, channel: "web" })
  await shop.ask("POST", "/v1/track", { body: { userId: "u-1", event: "Page Viewed", messageId: "m" } })
  const offer = { id: "o", kind: "notice", title: "Hello", value: 1, caseType: "none", placements: ["new"] }
  await shop.ask("POST", "/v1/offers", { body: { offers: [offer] } })
  await shop.refreshCatalogue()
  const fired = async (sinceMs: number) => (await fireDue(shop.services, { placement: "new", trigger, sinceMs })).fired
  expect(await fired(shop.services.clock())).toBe(0)
  expect(await fired(0)).toBe(1)
})

test("the loop begins what the policies in force schedule", async () => {
  const before = (await plans()).length
  const policy = await shop.ask("PUT", "/v1/policies/parcel-weekly", {
    body: { scheduledPlans: [{ ...draft, maxAgeHours: 30 }] },
  })
  expect(policy.status).toBe(200)
  await shop.services.policies.refresh()
  shop.advance(24 * hour)
  const loop = startTriggering(shop.services, { pauseMs: 20 })
  await expect.poll(async () => (await plans()).length, { timeout: 20_000 }).toBe(before + 1)
  await loop.stop()
})
