import { afterAll, describe, expect, test } from "vitest"
import type { PlanStatus } from "../../src/core/plan/plan-schema.ts"
import { type AuditedRoute, describeAuditedRoute } from "../contracts/audited-route.ts"
import { tester } from "../support/actor.ts"
import { releaseThatKeeps } from "../support/keep.ts"
import { emptySummary, request } from "../support/plans.ts"
import { routesOf } from "../support/response-schema.ts"
import { saveSmallRelease } from "../support/save-release.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const shop = await openTestApp({ release: await releaseThatKeeps(["brush"], 0.8) })
afterAll(() => shop.close())

let count = 0
/** A name that no request before had. */
const fresh = (name: string) => `${name}-${++count}`

/** Makes a plan and takes it through statuses; returns its id. */
async function aPlan(
  { services }: TestApp,
  ...statuses: readonly ("planned" | "approved" | "halted")[]
): Promise<string> {
  const { plans } = services.store
  const id = services.newId()
  await plans.create({ id, name: "Parcels", request: request(), createdAt: services.clock() }, tester)
  let from: PlanStatus = "planning"
  for (const to of statuses) {
    await plans.change({ id, from: [from], to, at: services.clock(), summary: emptySummary, actor: tester })
    from = to
  }
  return id
}

/** Makes a running plan; returns its id. */
async function aRunningPlan(shop: TestApp): Promise<string> {
  const id = await aPlan(shop, "planned", "approved")
  const at = shop.services.clock()
  await shop.services.store.plans.change({ id, from: ["approved"], to: "running", at, actor: tester })
  return id
}

const planChange = (id: string, verb: string, before: PlanStatus, after: PlanStatus) => ({
  path: `/v1/plans/${id}/${verb}`,
  body: {},
  subject: id,
  before: { status: before },
  after: { status: after },
})

const anEndpoint = { url: "https://shop.example/hook", types: ["plan.halted"] }

async function aWebhook({ ask }: TestApp): Promise<string> {
  return String((await ask("POST", "/v1/webhooks", { body: anEndpoint })).json.id)
}

/** Saves a small release and makes it live; returns its id. */
async function aLiveRelease({ services: { store, clock } }: TestApp): Promise<string> {
  const id = await saveSmallRelease(store)
  await store.releases.promote(id, { at: clock(), forced: false, actor: tester })
  return id
}

/** A good request of each route that is declared with an action, by method and path. */
const requests: Readonly<Record<string, AuditedRoute["prepare"]>> = {
  async "PUT /v1/settings"({ ask }) {
    const name = fresh("Shop")
    await ask("PUT", "/v1/settings", { body: { settings: { name } } })
    const { version } = (await ask("GET", "/v1/settings")).json as { version: number }
    return {
      path: "/v1/settings",
      body: { settings: { name: `${name} and more` } },
      subject: "shop",
      before: { version, settings: { name } },
      after: { version: version + 1, settings: { name: `${name} and more` } },
    }
  },
  async "PUT /v1/policies/{placement}"({ ask }) {
    const placement = fresh("home")
    const path = `/v1/policies/${placement}`
    await ask("PUT", path, { body: { explorationCostShare: 0.1 } })
    return {
      path,
      body: { explorationCostShare: 0.2 },
      subject: placement,
      before: { version: `${placement}-1`, policy: { explorationCostShare: 0.1 } },
      after: { version: `${placement}-2`, policy: { explorationCostShare: 0.2 } },
    }
  },
  "POST /v1/plans": () => ({
    path: "/v1/plans",
    body: { name: "Parcels", freeReturn: true, budgets: { money: 1000, volume: 10 } },
    subject: /^[0-9a-f-]{36}$/,
    before: null,
    after: { status: "planning", name: "Parcels", request: { budgets: { money: 1000, volume: 10 } } },
  }),
  "POST /v1/plans/{id}/approve": async (app) =>
    planChange(await aPlan(app, "planned"), "approve", "planned", "approved"),
  "POST /v1/plans/{id}/start": async (app) =>
    planChange(await aPlan(app, "planned", "approved"), "start", "approved", "running"),
  async "POST /v1/plans/{id}/halt"(app) {
    const asked = planChange(await aRunningPlan(app), "halt", "running", "halted")
    const reason = "stock is being counted"
    return { ...asked, body: { reason }, after: { status: "halted", reason } }
  },
  async "POST /v1/plans/{id}/resume"(app) {
    const id = await aRunningPlan(app)
    await app.ask("POST", `/v1/plans/${id}/halt`, { body: {} })
    return planChange(id, "resume", "halted", "running")
  },
  async "POST /v1/models/{id}/promote"(app) {
    const live = await aLiveRelease(app)
    const id = await saveSmallRelease(app.services.store)
    return {
      path: `/v1/models/${id}/promote`,
      body: {},
      subject: id,
      before: { live },
      after: { live: id, forced: false },
    }
  },
  async "POST /v1/models/rollback"(app) {
    const [former, live] = [await aLiveRelease(app), await aLiveRelease(app)]
    return { path: "/v1/models/rollback", body: {}, subject: former, before: { live }, after: { live: former } }
  },
  "POST /v1/webhooks": () => ({
    path: "/v1/webhooks",
    body: anEndpoint,
    subject: /^[0-9a-f-]{36}$/,
    before: null,
    after: anEndpoint,
  }),
  async "DELETE /v1/webhooks/{id}"(app) {
    const id = await aWebhook(app)
    return { path: `/v1/webhooks/${id}`, subject: id, before: anEndpoint, after: null }
  },
  async "POST /v1/webhooks/{id}/secret"(app) {
    const id = await aWebhook(app)
    return { path: `/v1/webhooks/${id}/secret`, subject: id, before: anEndpoint, after: anEndpoint }
  },
  async "POST /v1/webhooks/messages/{id}/replay"(app) {
    const endpointId = await aWebhook(app)
    await aPlan(app, "planned", "approved", "halted")
    const [message] = await app.sql(`
      update webhook_deliveries set state = 'dead' where endpoint_id = '${endpointId}' returning message_id as id`)
    const id = String(message!.id)
    return { path: `/v1/webhooks/messages/${id}/replay`, subject: id, before: { dead: 1 }, after: { dead: 0 } }
  },
}

const routes = routesOf(shop.app)
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`
const audited = routes.flatMap((route) =>
  route.audit === undefined || route.audit === "fact" || route.audit === "nothing"
    ? []
    : [{ ...route, action: route.audit }],
)

test("each route that is declared with an action has a good request here", () => {
  expect(audited.map(nameOf).sort()).toEqual(Object.keys(requests).sort())
})

describe.each(audited)("$method $path", ({ method, path, action }) => {
  describeAuditedRoute(() => shop, { method, action, prepare: requests[`${method} ${path}`]! })
})
