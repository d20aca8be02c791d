import { afterAll, expect, test } from "vitest"
import { createPlanTurns } from "../../../src/actions/plans/advance-plans.ts"
import { parseConfig } from "../../../src/config.ts"
import { policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { makeFirstKeys } from "../../../src/start/first-keys.ts"
import { startTriggering } from "../../../src/work/trigger.ts"
import { tester } from "../../support/actor.ts"
import { releaseThatKeeps } from "../../support/keep.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp({ release: await releaseThatKeeps(["brush"], 0.8) })
afterAll(() => shop.close())

const plan = { name: "Parcels", freeReturn: true, budgets: { money: 1000, volume: 10 } }
const entries = (kind: "plan" | "key", id: string) =>
  shop.services.store.audit.list({ subject: { kind, id }, limit: 10 })

test("what the plans' loop does to a plan is its own", async () => {
  const { json } = await shop.ask("POST", "/v1/plans", { key: "manage", body: plan })
  await createPlanTurns(shop.services).turn()
  expect(await entries("plan", String(json.id))).toMatchObject([
    {
      action: "plans.make",
      actor: { kind: "system", id: "watch-plans" },
      before: { status: "planning" },
      after: { status: "planned" },
      requestId: null,
    },
    { action: "plans.create", actor: { kind: "key", name: "test" } },
  ])
})

test("a plan that cannot be made fails by the loop, with the reason", async () => {
  const { json } = await shop.ask("POST", "/v1/plans", { body: plan })
  await createPlanTurns({ ...shop.services, live: { current: () => null } }).turn()
  const [failed] = await entries("plan", String(json.id))
  expect(failed).toMatchObject({
    action: "plans.fail",
    before: { status: "planning", reason: null },
    after: { status: "failed", reason: expect.stringMatching(/keep model/) },
  })
})

test("a plan of a schedule is created by the triggers' loop", async () => {
  const { store, policies, clock } = shop.services
  const scheduled = { id: "daily", schedule: { at: "00:00" }, maxAgeHours: 30, plan }
  const policy = policyDraftSchema.parse({ scheduledPlans: [scheduled] })
  await store.policies.append("scheduled", policy, { at: clock() - 48 * 3_600_000, actor: tester })
  await policies.refresh()
  const loop = startTriggering(shop.services, { pauseMs: 10 })
  const isScheduled = async () => (await store.audit.list({ actorId: "trigger", limit: 10 })).length > 0
  await expect.poll(isScheduled, { timeout: 20_000 }).toBe(true)
  await loop.stop()
  const [created] = await store.audit.list({ actorId: "trigger", limit: 10 })
  expect(created).toMatchObject({ action: "plans.create", actor: { kind: "system" }, after: { status: "planning" } })
})

test("keys of the environment are created and replaced by the start", async () => {
  const startWith = (key: string) => makeFirstKeys({ ...shop.services, config: parseConfig({ READ_KEY: key }) })
  const idOfValid = async () =>
    (await shop.services.store.keys.list()).find(({ name, revokedAt }) => name === "environment" && revokedAt === null)!
      .id
  await startWith("the-older-read-key-1234")
  const older = await idOfValid()
  await startWith("the-newer-read-key-5678")
  const actor = { kind: "system", id: "start" }
  expect(await entries("key", older)).toMatchObject([
    { action: "keys.revoke", actor },
    { action: "keys.create", actor },
  ])
  await startWith("the-newer-read-key-5678")
  expect(await entries("key", await idOfValid())).toMatchObject([{ action: "keys.create", actor }])
})
