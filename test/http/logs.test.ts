import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { createApp } from "../../src/app.ts"
import { createMetrics } from "../../src/http/server/metrics.ts"
import { observeRefusals } from "../../src/http/server/observe-refusals.ts"
import { createLog } from "../../src/start/log.ts"
import { connect } from "../../src/store/database/database.ts"
import { breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase } from "../support/database.ts"
import { routesOf } from "../support/response-schema.ts"
import { openTestApp } from "../support/test-app.ts"

/** Part of every identifier below, and of nothing else. */
const mark = "zq7"
const person = {
  userId: `u-${mark}`,
  anonymousId: `a-${mark}`,
  email: `ann.${mark}@person.example`,
  phone: "+393475550777",
  name: `Ann ${mark}`,
  item: `sku-${mark}`,
  order: `o-${mark}`,
  messageId: `m-${mark}`,
  key: `bh_read_${mark}-nobody-made-this-key`,
}

const lines: string[] = []
const log = createLog("trace", { write: (line) => void lines.push(line) })
const database = await breakDatabase(await createTestDatabase())
const shop = await openTestApp({ databaseUrl: database.url, log })
afterAll(async () => {
  database.heal()
  await shop.close()
  await database.close()
})

const secrets = [mark, person.phone.slice(1), ...Object.values(shop.keys)]
const personalLines = () => lines.filter((line) => secrets.some((secret) => line.toLowerCase().includes(secret)))
const said = (text: string) => lines.filter((line) => line.includes(text)).map((line) => JSON.parse(line))

const { userId, anonymousId, email, phone, name, item, order } = person
const customer = { userId }
const calls = [
  { type: "identify", userId, anonymousId, messageId: `${person.messageId}-1`, traits: { email, phone, name } },
  {
    type: "track",
    userId,
    messageId: `${person.messageId}-2`,
    event: "Order Completed",
    properties: { order_id: order, products: [{ product_id: item, price: 5, quantity: 1 }] },
  },
]
const questions: readonly (readonly [method: string, path: string, body?: object])[] = [
  ["POST", "/v1/items", { items: [{ id: item, title: `Item ${mark}`, price: 5, currency: "EUR" }] }],
  ["POST", "/v1/batch", { batch: calls }],
  ["POST", "/v1/recommend", { customer, placement: "home" }],
  ["POST", "/v1/decide", { customer: { email }, placement: "home", channel: "web" }],
  ["POST", "/v1/rank", { customer: { anonymousId }, items: [item] }],
  ["GET", `/v1/items/${item}/similar`],
  ["GET", `/v1/content/home?customer=userId:${userId}&campaign=c-${mark}`],
  ["GET", `/v1/customers/email:${email}`],
  ["GET", `/v1/customers/phone:${phone}`],
  ["PUT", `/v1/customers/userId:${userId}/consents/marketing`, { granted: true, source: `form ${mark}` }],
]
const askAll = async (key: "admin" | "none" = "admin", headers: Record<string, string> = {}) => {
  for (const [method, path, body] of questions) await shop.ask(method, path, { key, body, headers })
}

beforeEach(() => void lines.splice(0))

describe("the log names no person, item or key", () => {
  test("when requests are answered", async () => {
    await askAll()
    expect(said('"request"').map(({ route }) => route)).toContain("/v1/content/:placement")
    expect(personalLines()).toEqual([])
  })

  test("when any route is asked for somebody, is sent what it does not know, or what does not parse", async () => {
    for (const { method, path, hasBody } of routesOf(shop.app)) {
      const address = `${path.replaceAll(/{.+?}/g, email)}?customer=userId:${userId}&key=${person.key}`
      const bodies = hasBody
        ? [{ [email]: phone, customer: { email } }, `{"email": "${email}" oops ${phone}`]
        : [undefined]
      for (const body of bodies) await shop.ask(method, address, { body })
    }
    await shop.ask("GET", `/no/such/path/${email}`)
    await shop.ask("DELETE", `/v1/recommend?email=${email}`)
    expect(said('"request"').length).toBeGreaterThan(routesOf(shop.app).length)
    expect(personalLines()).toEqual([])
  })

  test("when keys are refused or have asked too often", async () => {
    await askAll("none", { authorization: `Bearer ${person.key}` })
    await askAll("none", { authorization: `Basic ${Buffer.from(`${person.key}:`).toString("base64")}` })
    const limited = createApp({ ...shop.services, config: { ...shop.services.config, requestsPerSecond: 1 } })
    const headers = { authorization: `Bearer ${shop.keys.read}` }
    for (let n = 0; n < 5; n++) await limited.request(`/v1/items/${item}/similar`, { headers })
    await expect.poll(() => said("refused requests"), { timeout: 10_000 }).toHaveLength(1)
    expect(said("refused requests")).toMatchObject([{ level: 40, status: 429, count: 4 }])
    expect(personalLines()).toEqual([])
  })

  test("when requests are refused before they are looked at", async () => {
    const refuse = observeRefusals({ routes: shop.app.routes, metrics: createMetrics(shop.services), log })
    refuse({ method: "GET", url: `/v1/customers/email:${email}?key=${person.key}` })
    await expect.poll(() => said("overload"), { timeout: 10_000 }).toHaveLength(1)
    expect(personalLines()).toEqual([])
  })

  test("when a row is refused and a statement fails", async () => {
    await shop.sql(`alter table events add constraint odd check (properties::text not like '%${order}%') not valid`)
    const batch = calls.map((call) => ({ ...call, messageId: `${call.messageId}-again` }))
    await shop.ask("POST", "/v1/batch", { body: { batch } })
    expect(said("failed to record an event").length).toBeGreaterThan(0)
    expect(personalLines()).toEqual([])
  })

  test("when a request fails", async () => {
    const failing = createApp({
      ...shop.services,
      store: { ...shop.services.store, customers: { ...shop.services.store.customers, read: failingRead } },
    })
    const headers = { authorization: `Bearer ${shop.keys.admin}`, "content-type": "application/json" }
    const body = JSON.stringify({ customer: { email }, placement: "home", channel: "web" })
    const answer = await failing.request("/v1/decide", { method: "POST", headers, body })
    expect(answer.status).toBe(500)
    expect(said("request failed")).toMatchObject([{ level: 50 }])
    expect(said('"request"')).toMatchObject([{ level: 40, status: "500" }])
    expect(personalLines()).toEqual([])
  })
})

describe.each([
  ["refuses connections", () => database.refuse()],
  ["does not answer", () => database.hang()],
])("nor while the database %s", (_, breakIt) => {
  beforeAll(breakIt)
  afterAll(() => database.heal())

  test("when requests are refused or answered from memory", async () => {
    for (let n = 0; n < 2; n++)
      await Promise.all(questions.map(([method, path, body]) => shop.ask(method, path, { body })))
    await expect.poll(() => said("refused requests").length, { timeout: 10_000 }).toBeGreaterThan(0)
    expect(personalLines()).toEqual([])
  })
})

/** Fails as the driver does, with the values that it was asked with. */
async function failingRead(): Promise<never> {
  const { database: asked, close } = connect(database.url)
  try {
    await asked.execute(sql`select ${email} from no_such_table where phone = ${phone}`)
  } finally {
    await close()
  }
  throw new Error("the table is there")
}
