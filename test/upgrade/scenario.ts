import { createServer } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { oldItems, oldOffers } from "./old-offers.ts"
import { oldPlans, oldPolicies } from "./old-policies.ts"
import { unusedKeys } from "./unused-keys.ts"

export interface OldAnswer {
  method: string
  path: string
  body?: unknown
  status: number
  text: string
  /** Of content: it is made anew at each asking, because nothing was stored. */
  isFallback: boolean
}

/** References to a customer; each of these points at Anna. */
export const annasNames = [
  { userId: "anna" },
  { anonymousId: "device-1" },
  { anonymousId: "device-2" },
  { email: "ANNA@mail.example" },
  { loyaltyCard: "LC-900001" },
]

/** Questions to the server of then, with its answers. */
export interface OldAnswers {
  commit: string
  /** Time at which the database was left, milliseconds since the epoch. */
  leftAtMs: number
  keys: Record<"admin" | "ingest" | "read" | "write", string>
  revokedKey: string
  customerToken: string
  vetoTokens: Record<string, string>
  /** Reads whose answers may be compared with today's. */
  reads: OldAnswer[]
}

// biome-ignore lint/suspicious/noExplicitAny: answers of an API that this code has no types of.
type Json = Record<string, any>

/** Fills a shop of then through its API, and returns what it answers in the end. */
export async function runScenario(
  origin: string,
  keys: OldAnswers["keys"],
): Promise<Omit<OldAnswers, "commit" | "revokedKey">> {
  const madeAtMs = Date.now()
  const at = (agoMinutes = 0) => new Date(Date.now() - agoMinutes * 60_000).toISOString()

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    key: keyof typeof keys = "admin",
  ): Promise<Response> {
    return fetch(`${origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${keys[key]}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }
  async function recorded(method: string, path: string, body?: unknown): Promise<OldAnswer> {
    const answer = await ask(method, encodeURI(path), body)
    const text = await answer.text()
    const isFallback = answer.headers.get("cache-control") === "no-store"
    return { method, path, ...(body !== undefined && { body }), status: answer.status, text, isFallback }
  }
  async function json(method: string, path: string, body?: unknown, key?: keyof typeof keys): Promise<Json> {
    const answer = await ask(method, path, body, key)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }
  const call = (type: string, body: Json) => json("POST", `/v1/${type}`, body, "ingest")
  async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
    for (let tries = 0; tries < 120; tries++) {
      const found = await look()
      if (found) return found
      await sleep(1000)
    }
    throw new Error(`waited too long for ${what}`)
  }

  // Receivers of webhooks: one that takes everything, one that is out of order and in the end gone.
  let refusal = 503
  const heard: { type: string; data?: Json }[] = []
  const receiver = createServer((request, response) => {
    let text = ""
    request.on("data", (chunk) => (text += chunk))
    request.on("end", () => {
      if (request.url === "/good") heard.push(JSON.parse(text))
      response.writeHead(request.url === "/good" ? 204 : refusal).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve))
  const { port } = receiver.address() as { port: number }
  const good = await json("POST", "/v1/webhooks", { url: `http://127.0.0.1:${port}/good` })
  await json("POST", "/v1/webhooks", { url: `http://127.0.0.1:${port}/bad`, types: ["decision.made", "send.reserved"] })
  await json("POST", `/v1/webhooks/${good.id}/secret`)

  // The catalogue.
  await json("POST", "/v1/items", { items: oldItems(madeAtMs) }, "ingest")
  await json("DELETE", "/v1/items/gone", undefined, "ingest")
  await json("POST", "/v1/offers", { offers: oldOffers(madeAtMs) }, "ingest")
  await json("DELETE", "/v1/offers/ended", undefined, "ingest")

  // Policies: two versions of one, so that there is a history.
  const policies = oldPolicies(madeAtMs)
  for (const [placement, policy] of Object.entries(policies))
    await json("PUT", `/v1/policies/${placement}`, policy, "ingest")
  await json("PUT", "/v1/policies/home-hero", { ...policies["home-hero"], maxExplored: 8 }, "ingest")
  await assertEveryKeyIsUsed(await json("GET", "/openapi.json"), Object.values(policies), madeAtMs)
  await sleep(3000)

  // Customers: Anna of several devices and spellings, and others whose consents differ.
  const shop = { userId: "anna", context: { externalIds: [{ type: "loyaltyCard", id: "LC-900001" }] } }
  await call("track", { anonymousId: "device-1", event: "Product Viewed", properties: { product_id: "sku-0001" } })
  await call("identify", {
    ...shop,
    anonymousId: "device-1",
    traits: { email: "Anna@Mail.Example", phone: "+39 02 1234 5678", name: "Anna", age: 41, city: "Roma" },
  })
  await call("track", {
    anonymousId: "device-2",
    event: "Product Added",
    properties: { product_id: "sku-0002", price: 9 },
  })
  await call("alias", { userId: "anna", previousId: "device-2" })
  await call("group", { userId: "anna", groupId: "club" })
  await call("page", { userId: "anna", name: "Home" })
  const products = [
    { product_id: "sku-0003", quantity: 2, price: 11.5 },
    { product_id: "sapone-cre\u0300me", quantity: 1, price: 6.5 },
  ]
  await call("track", { userId: "anna", event: "Order Completed", properties: { order_id: "o-1", products } })
  await call("track", {
    userId: "anna",
    event: "Order Refunded",
    properties: { order_id: "o-1", products: [{ product_id: "sku-0003", quantity: 1 }] },
  })
  await call("identify", { userId: "Jose\u0301", traits: { email: "jose@mail.example", name: "José" } })
  await call("identify", { userId: "JOS\u00c9-2", anonymousId: "device-3", traits: { age: 17 } })
  await call("identify", { userId: "null", traits: { name: "Nobody" } })
  const consent = (id: string, purpose: string, given: Json) =>
    json("PUT", `/v1/customers/${id}/consents/${purpose}`, { at: at(60), source: "form", ...given }, "ingest")
  for (const id of ["anna", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7", "u-8"])
    for (const purpose of ["marketing", "service", "unasked-parcel", "analytics"])
      await consent(`userId:${id}`, purpose, { granted: true })
  await consent("userId:anna", "marketing", { at: at(30), granted: true, channels: ["email", "web", "push"] })
  await consent("userId:anna", "unasked-parcel", {
    at: at(30),
    granted: true,
    priceCeiling: { amount: 60, currency: "EUR" },
    categories: ["skin", "soap"],
  })
  await consent("userId:u-3", "marketing", { at: at(20), granted: false })
  await consent("userId:u-4", "unasked-parcel", { at: at(20), granted: false })

  // Matters: a complaint, a closed one, a late delivery, a basket left; some make triggers fire.
  await call("track", {
    userId: "u-2",
    event: "Complaint Opened",
    properties: { complaint_id: "c-1", order_id: "o-2" },
  })
  await call("track", { userId: "u-5", event: "Complaint Opened", properties: { complaint_id: "c-2" } })
  await call("track", { userId: "u-5", event: "Complaint Resolved", properties: { complaint_id: "c-2" } })
  await call("track", { userId: "u-6", event: "Delivery Delayed", properties: { order_id: "o-6" } })
  await call("track", { userId: "u-7", event: "Product Added", properties: { product_id: "sku-0004", price: 5 } })

  // Questions and what came of them.
  const people = ["anna", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7", "u-8", "u-9", "u-10", "nobody-yet"]
  const decisionIds: string[] = []
  for (const userId of people) {
    const question = { customer: { userId }, placement: "home", limit: 5, explain: true }
    const first = await json("POST", "/v1/recommend", question, "read")
    decisionIds.push(first.decisionId)
    if (userId === "anna") {
      const next = await json("POST", "/v1/recommend", { ...question, after: first.decisionId }, "read")
      const listed = { customer: { userId }, items: ["sku-0001", "sku-0002", "sapone-cre\u0300me", "sku-0009"] }
      const ranked = await json("POST", "/v1/rank", listed, "read")
      decisionIds.push(next.decisionId, ranked.decisionId)
    }
  }
  const comings = ["impression", "click", "purchase", "kept", "returned", "dismissed", "unsubscribed"]
  for (const [n, userId] of people.entries()) {
    for (const [placement, channel] of [
      ["home-hero", "web"],
      ["weekly-email", "email"],
    ] as const) {
      const context = { locale: "it-IT", given: { weather: "rain", degrees: 12, inside: true } }
      const made = await json("POST", "/v1/decide", { customer: { userId }, placement, channel, context }, "read")
      decisionIds.push(made.decisionId)
      const path = `/v1/decisions/${made.decisionId}`
      if (n % 4 === 3) continue
      if (n % 4 === 2) await json("POST", `${path}/activate`, { at: at() }, "ingest")
      else
        for (const outcome of comings.slice(0, 1 + ((n + (channel === "web" ? 0 : 3)) % comings.length)).slice(-2)) {
          const word = { outcome, at: at(), messageId: `${made.decisionId} ${outcome}`, ...(n % 2 && { value: 7.5 }) }
          await json("POST", `${path}/outcome`, word, "ingest")
        }
    }
  }

  // Content under its keys, and a campaign for all.
  const contents: string[] = []
  for (const [n, userId] of people.entries())
    for (const format of ["json", "html"])
      for (const campaign of ["autumn", "winter"])
        contents.push(
          `/v1/content/weekly-email?customer=userId:${userId}&campaign=${campaign}&slot=${1 + (n % 2)}&locale=en&format=${format}`,
        )
  for (const path of contents) await ask("GET", path, undefined, "read")
  await (await ask("GET", "/v1/campaigns/all/export?placement=weekly-email&locale=en")).text()

  // Plans: one that runs with sends in every state, one halted, one only planned, one asked dry, one from a schedule.
  const plan = (request: Json) => json("POST", "/v1/plans", request, "ingest")
  const planned = (id: string) =>
    until("the planning", async () => {
      const { status } = await json("GET", `/v1/plans/${id}`)
      return status !== "planning" && status
    })
  const running = await plan(oldPlans.parcels)
  const halted = await plan(oldPlans.halted)
  const dry = await plan(oldPlans.dryRun)
  const waiting = await plan(oldPlans.everyKey)
  for (const { id } of [running, halted, dry, waiting])
    if ((await planned(id)) !== "planned") throw new Error(JSON.stringify(await json("GET", `/v1/plans/${id}`)))
  for (const verb of ["approve", "start"]) await json("POST", `/v1/plans/${running.id}/${verb}`, {})
  await json("POST", `/v1/plans/${halted.id}/approve`, {})
  await json("POST", `/v1/plans/${halted.id}/halt`, { reason: "stock is being counted" })
  const sendsIn = async (state: string): Promise<Json[]> =>
    (await json("GET", `/v1/sends?plan=${running.id}&state=${state}`)).sends.filter(({ withheld }: Json) => !withheld)
  const reserved = await until("reservations", async () => {
    const sends = await sendsIn("reserved")
    return sends.length >= 10 && sends
  })
  const says = (send: Json, state: string) =>
    json("POST", `/v1/sends/${send.id}/${state}`, { at: at(), messageId: `${send.id} ${state}` }, "ingest")
  const ways = [
    ["dispatched", "delivered", "kept"],
    ["dispatched", "delivered", "returned"],
    ["dispatched", "lost"],
    ["dispatched", "delivered"],
    ["dispatched", "delivered", "kept"],
    ["dispatched"],
    ["veto"],
  ]
  for (const [n, way] of ways.entries()) for (const state of way) await says(reserved[n]!, state)
  await until("a scheduled plan", async () => {
    const { plans } = await json("GET", "/v1/plans")
    return plans.some(
      ({ id, status }: Json) => status === "planned" && ![running, halted, dry, waiting].some((one) => one.id === id),
    )
  })
  await until("a trigger", async () => heard.some(({ data }) => JSON.stringify(data ?? {}).includes("reminders")))
  await until("readings", async () => (await json("GET", `/v1/plans/${running.id}`)).readings)
  const { token } = await json("POST", "/v1/customer-tokens", { customer: { userId: "anna" } }, "read")
  refusal = 410
  await until("the end of a webhook", async () =>
    (await json("GET", "/v1/webhooks")).webhooks.some(({ disabledAt }: Json) => disabledAt !== null),
  )
  await sleep(3000)
  receiver.close()

  const { plans } = await json("GET", "/v1/plans")
  const { evaluations } = await json("GET", "/v1/evaluations")
  const reads: OldAnswer[] = []
  const made: string[] = []
  for (const path of contents) {
    const { decisionId = null } = (await (await ask("GET", path)).json().catch(() => ({}))) as Json
    if (decisionId !== null) made.push(`/v1/decisions/${decisionId}`, `/v1/decisions/${decisionId}/replay`)
  }
  const placements = Object.keys(policies)
  for (const path of [
    "/v1/policies",
    ...placements.flatMap((name) => [`/v1/policies/${name}`, `/v1/policies/${name}/history`]),
    "/v1/items?limit=1000",
    "/v1/offers?limit=1000",
    "/v1/plans",
    ...plans.flatMap(({ id }: Json) => [`/v1/plans/${id}`, `/v1/sends?plan=${id}&limit=1000`]),
    ...[...new Set(decisionIds)].flatMap((id) => [`/v1/decisions/${id}`, `/v1/decisions/${id}/replay`]),
    ...people.map((userId) => `/v1/customers/userId:${userId}`),
    "/v1/customers/userId:Jose\u0301",
    "/v1/customers/loyaltyCard:LC-900001",
    "/v1/customers/anonymousId:device-2",
    ...contents,
    ...made,
    "/v1/campaigns/all/export?placement=weekly-email&locale=en",
    "/v1/models",
    "/v1/evaluations",
    ...evaluations.map(({ id }: Json) => `/v1/evaluations/${id}`),
    "/v1/webhooks",
    "/v1/webhooks/messages?limit=1000",
    "/v1/items/sku-0001/similar",
  ]) {
    reads.push(await recorded("GET", path))
  }
  for (const userId of people.slice(0, 6)) {
    const body = { customer: { userId }, placement: "home", limit: 10, explain: true }
    reads.push(await recorded("POST", "/v1/recommend", body))
  }
  const vetoTokens = Object.fromEntries(
    heard.flatMap(({ data }) => (data?.vetoToken ? [[data.sendId, data.vetoToken]] : [])),
  )
  return { leftAtMs: Date.now(), keys, customerToken: token, vetoTokens, reads }
}

/** Throws when a key of the schemas of then stands in nothing that is stored, so that the database would not show what becomes of it. */
async function assertEveryKeyIsUsed(document: Json, policies: readonly unknown[], madeAtMs: number): Promise<void> {
  const { schemas } = document.components
  const kinds: [string, readonly unknown[]][] = [
    ["PolicyDraft", policies],
    ["PlanRequest", Object.values(oldPlans)],
    ["Offer", oldOffers(madeAtMs)],
    ["Item", oldItems(madeAtMs)],
  ]
  const unused = kinds.flatMap(([name, values]) =>
    unusedKeys(schemas, schemas[name], values).map((key) => `${name}.${key}`),
  )
  if (unused.length > 0) throw new Error(`nothing stored has these keys: ${unused.join(", ")}`)
}
