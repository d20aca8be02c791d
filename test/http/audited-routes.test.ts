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

const anExperiment = {
  arms: [
    { id: "old", share: 0.5 },
    { id: "new", share: 0.5 },
  ],
  goal: { id: "ordered", event: "Order Completed" },
  stopping: { plannedCustomers: 1000 },
}

const aPromotion = (id: string, title: string) => ({ id, kind: "promotion", title, value: 1 })

/** Makes a customer known by a userId; returns it. */
async function aCustomer({ ask }: TestApp): Promise<{ userId: string; customerId: string }> {
  const userId = fresh("u")
  const { json } = await ask("POST", "/v1/track", { body: { userId, event: "Product Viewed" } })
  const [result] = json.results as { customerId: string }[]
  return { userId, customerId: result!.customerId }
}

/** A good request of each route that is declared with an action, by method and path. */
const requests: Readonly<Record<string, AuditedRoute["prepare"]>> = {
  async "PUT /v1/goals/{id}"({ ask }) {
    const id = fresh("reviews-")
    const event = { name: "Product Reviewed" }
    await ask("PUT", `/v1/goals/${id}`, { body: { event } })
    return {
      path: `/v1/goals/${id}`,
      body: { event, target: 2 },
      subject: id,
      before: { event: { ...event, where: {}, counting: "sum" } },
      after: { event: { ...event, where: {}, counting: "sum" }, target: 2 },
    }
  },
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
  "PUT /v1/experiments/{id}"() {
    const id = fresh("experiment")
    return {
      path: `/v1/experiments/${id}`,
      body: anExperiment,
      subject: id,
      before: null,
      after: { design: { stopping: { plannedCustomers: 1000 } } },
    }
  },
  async "POST /v1/experiments/{id}/stop"({ ask }) {
    const id = fresh("experiment")
    await ask("PUT", `/v1/experiments/${id}`, { body: anExperiment })
    return {
      path: `/v1/experiments/${id}/stop`,
      body: { reason: "enough" },
      subject: id,
      before: { status: "running" },
      after: { status: "stopped", reason: "enough" },
    }
  },
  async "POST /v1/items"({ ask }) {
    const [known, unchanged, unknown] = [fresh("item"), fresh("item"), fresh("item")]
    await ask("POST", "/v1/items", { body: { items: [known, unchanged].map((id) => ({ id, title: "Cup" })) } })
    const changed = [
      { id: known, title: "Red cup" },
      { id: unchanged, title: "Cup" },
      { id: unknown, title: "Bowl" },
    ]
    return {
      path: "/v1/items",
      body: { items: changed },
      subject: null,
      before: null,
      after: { created: 1, replaced: 1, ids: [known, unknown] },
    }
  },
  async "PATCH /v1/items"({ ask }) {
    const [known, unknown] = [fresh("item"), fresh("item")]
    await ask("POST", "/v1/items", { body: { items: [{ id: known, title: "Cup" }] } })
    const patches = [
      { id: known, patch: { stock: 3 } },
      { id: unknown, patch: { title: "Bowl" } },
    ]
    return {
      path: "/v1/items",
      body: { items: patches },
      subject: null,
      before: null,
      after: { created: 1, replaced: 1, ids: [known, unknown] },
    }
  },
  async "DELETE /v1/items/{id}"({ ask }) {
    const item = { id: fresh("item"), title: "Cup" }
    await ask("POST", "/v1/items", { body: { items: [item] } })
    return { path: `/v1/items/${item.id}`, subject: item.id, before: item, after: null }
  },
  async "POST /v1/offers"({ ask }) {
    const id = fresh("spring")
    const [before, after] = [aPromotion(id, "Spring"), aPromotion(id, "Late spring")]
    await ask("POST", "/v1/offers", { body: { offers: [before] } })
    return { path: "/v1/offers", body: { offers: [after] }, subject: id, before, after }
  },
  async "DELETE /v1/offers/{id}"({ ask }) {
    const offer = aPromotion(fresh("spring"), "Spring")
    await ask("POST", "/v1/offers", { body: { offers: [offer] } })
    return { path: `/v1/offers/${offer.id}`, subject: offer.id, before: offer, after: null }
  },
  async "DELETE /v1/customers/{id}"(app) {
    const { userId } = await aCustomer(app)
    const after = { rowsErased: expect.any(Number) }
    return { path: `/v1/customers/userId:${userId}`, subject: null, before: null, after }
  },
  async "PUT /v1/customers/{id}/consents/{purpose}"(app) {
    const { userId, customerId } = await aCustomer(app)
    const path = `/v1/customers/userId:${userId}/consents/marketing`
    const [before, after] = [true, false].map((granted, n) => ({
      granted,
      at: `2026-01-0${n + 1}T00:00:00.000Z`,
      source: "form",
    }))
    await app.ask("PUT", path, { body: before })
    return { path, body: after, subject: customerId, before: { marketing: before! }, after: { marketing: after! } }
  },
  async "POST /v1/consents"(app) {
    const { userId, customerId } = await aCustomer(app)
    const [before, after] = [true, false].map((granted, n) => ({
      granted,
      at: `2026-01-0${n + 1}T00:00:00.000Z`,
      source: "form",
    }))
    const bodyOf = (consent: object) => ({ consents: [{ customer: { userId }, purpose: "marketing", ...consent }] })
    await app.ask("POST", "/v1/consents", { body: bodyOf(before!) })
    return {
      path: "/v1/consents",
      body: bodyOf(after!),
      subject: customerId,
      before: { marketing: before! },
      after: { marketing: after! },
    }
  },
  async "POST /v1/shared-identifiers/allow"({ sql }) {
    const email = `${fresh("family")}@mail.example`
    await sql(`insert into shared_identifiers (type, value, since) values ('email', '${email}', now())`)
    return {
      path: "/v1/shared-identifiers/allow",
      body: { type: "email", value: email },
      subject: `email:${email}`,
      before: { allowed: false },
      after: { allowed: true },
    }
  },
  async "POST /v1/identity/links"(app) {
    const [a, b] = [await aCustomer(app), await aCustomer(app)]
    return {
      path: "/v1/identity/links",
      body: { a: { userId: a.userId }, b: { userId: b.userId }, verdict: "same" },
      subject: a.customerId,
      before: null,
      after: { recordA: a.customerId, recordB: b.customerId, verdict: "same", changed: true },
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

test("each route that may change something is declared with an action, as one of a fact or as storing nothing", () => {
  const reading = routes.filter(({ method }) => method === "GET")
  expect(reading.filter((route) => route.audit !== undefined)).toEqual([])
  const undeclared = routes.filter((route) => !reading.includes(route) && route.audit === undefined)
  expect(undeclared.map(nameOf)).toEqual([])
  expect(routes.filter(({ audit }) => audit === "nothing").map(nameOf)).toEqual([
    "POST /v1/m",
    "POST /v1/customers/search",
    "POST /v1/customer-tokens",
    "POST /v1/rules/check",
  ])
})

test("each route that is declared with an action has a good request here", () => {
  expect(audited.map(nameOf).sort()).toEqual(Object.keys(requests).sort())
})

describe.each(audited)("$method $path", ({ method, path, action }) => {
  describeAuditedRoute(() => shop, { method, action, prepare: requests[`${method} ${path}`]! })
})

test("facts leave no row", async () => {
  const { userId } = await aCustomer(shop)
  const question = { customer: { userId }, placement: "home" }
  const asked = [
    await shop.ask("POST", "/v1/track", { body: { userId, event: "Product Viewed" } }),
    await shop.ask("POST", "/v1/recommend", { body: question }),
    await shop.ask("POST", "/v1/decide", { body: { ...question, channel: "web" } }),
    await shop.ask("POST", "/v1/customer-tokens", { body: { customer: { userId }, ttlSeconds: 60 } }),
  ]
  const at = new Date(shop.services.clock()).toISOString()
  const outcome = { outcome: "impression", at, messageId: fresh("seen") }
  asked.push(await shop.ask("POST", `/v1/decisions/${asked[2]!.json.decisionId}/outcome`, { body: outcome }))
  expect(asked.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  const ids = asked.map(({ headers }) => `'${headers.get("x-request-id")}'`)
  expect(await shop.sql(`select action from audit_log where request_id in (${ids.join(", ")})`)).toEqual([])
})

test("what is written again as it is leaves no row", async () => {
  const item = { id: fresh("item"), title: "Cup" }
  const offer = aPromotion(fresh("spring"), "Spring")
  const consent = { granted: true, at: "2026-01-01T00:00:00.000Z", source: "form" }
  const { userId } = await aCustomer(shop)
  const write = async () => [
    await shop.ask("POST", "/v1/items", { body: { items: [item] } }),
    await shop.ask("POST", "/v1/offers", { body: { offers: [offer] } }),
    await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, { body: consent }),
  ]
  const rowsOf = async (answers: Awaited<ReturnType<typeof write>>) => {
    const ids = answers.map(({ headers }) => `'${headers.get("x-request-id")}'`)
    const rows = await shop.sql(`select action from audit_log where request_id in (${ids.join(", ")}) order by id`)
    return rows.map(({ action }) => action)
  }
  expect(await rowsOf(await write())).toEqual(["items.upsert", "offers.upsert", "consents.set"])
  expect(await rowsOf(await write())).toEqual([])
})

test("no row holds a key, a secret or a hash of one", async () => {
  const actions = await shop.sql("select distinct action from audit_log order by action")
  expect(actions.map(({ action }) => action)).toEqual(expect.arrayContaining(audited.map(({ action }) => action)))
  const secrets = await shop.sql(`
    select secret from webhook_endpoints union all select former_secret from webhook_endpoints where former_secret is not null
    union all select hash from keys union all select value from settings where name = 'secret'`)
  expect(secrets.length).toBeGreaterThan(5)
  const encodings = ["hex", "base64", "base64url"] as const
  const encoded = secrets.flatMap(({ secret }) =>
    encodings.map((encoding) => Buffer.from(secret as Uint8Array).toString(encoding)),
  )
  const [log] = await shop.sql("select string_agg(own::text, ' ') as text from audit_log own")
  const text = String(log!.text)
  expect(text).toContain("keys.create")
  expect([...encoded, ...Object.values(shop.keys)].filter((secret) => text.includes(secret))).toEqual([])
  expect(text).not.toMatch(/whsec_|bh_/)
})
