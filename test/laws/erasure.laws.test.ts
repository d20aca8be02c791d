import { randomUUID } from "node:crypto"
import { getTableName, is } from "drizzle-orm"
import { PgTable } from "drizzle-orm/pg-core"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import * as schema from "../../src/store/database/schema.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

/** Tables that stay after an erasure, on purpose: ids of messages, so that a late retry brings nothing back. */
const kept = ["messages"]
const tables = Object.values(schema as Record<string, unknown>)
  .filter((value) => is(value, PgTable))
  .map((table) => getTableName(table))
  .filter((name) => !kept.includes(name))

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
  const treatment = { channels: ["email", "web"], content: { headline: "For {{ customer.name }}" } }
  const offers = [{ id: "gift", kind: "promotion", title: "Gift", value: 500, treatments: [treatment] }]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.ask("PUT", "/v1/policies/tagged", {
    body: { traits: ["name"], contact: { caps: [], pauses: [], theme: null } },
  })
  await shop.refreshCatalogue()
})
afterAll(() => shop.close())

interface People {
  tag: string
  /** By name, `a` and `b`; the customers' ids come of browsers that are not named again. */
  userId(who: string): string
  decisions: string[]
  customerIds: string[]
}

const post = (path: string, body: object) => shop.ask("POST", path, { body })
const consent = (who: string, granted: boolean, source: string) =>
  shop.ask("PUT", `/v1/customers/${who}/consents/marketing`, {
    body: { granted, at: new Date(shop.services.clock() - (granted ? 60_000 : 1000)).toISOString(), source },
  })

async function seedPeople(): Promise<People> {
  const tag = `secret-${randomUUID()}`
  const userId = (who: string) => `${who}-${tag}`
  const people: People = { tag, userId, decisions: [], customerIds: [] }
  const seed = async (who: string) => {
    const anonymousId = `browser-${who}-${tag}`
    await post("/v1/track", { anonymousId, event: "Product Viewed", properties: { product_id: tag } })
    const traits = { name: tag, email: `${who}-${tag}@shop.example` }
    await post("/v1/identify", { userId: userId(who), anonymousId, traits })
    await consent(`userId:${userId(who)}`, true, tag)
    const { status, json } = await decide(people, who)
    expect({ status, json }).toMatchObject({ status: 200, json: { degraded: false } })
    return json
  }
  for (const { decisionId, customerId } of await Promise.all(["a", "b"].map(seed))) {
    people.decisions.push(decisionId as string)
    people.customerIds.push(customerId as string)
  }
  return people
}

const decide = ({ tag, userId }: People, who: string, channel = "email") =>
  post("/v1/decide", {
    customer: { userId: userId(who) },
    placement: "tagged",
    channel,
    context: { attributes: { note: tag } },
  })

const acts = {
  track: ({ tag, userId }: People, who: string) =>
    post("/v1/track", {
      messageId: `${randomUUID()}-${tag}`,
      userId: userId(who),
      event: tag,
      properties: { note: tag },
    }),
  identify: ({ tag, userId }: People, who: string) =>
    post("/v1/identify", { userId: userId(who), traits: { city: tag } }),
  join: ({ userId }: People) => post("/v1/alias", { userId: userId("a"), previousId: userId("b") }),
  decide,
  decideOnSite: (people: People, who: string) => decide(people, who, "web"),
  recommend: ({ userId }: People, who: string) =>
    post("/v1/recommend", { customer: { userId: userId(who) }, placement: "tagged" }),
  content: ({ tag, userId }: People, who: string) =>
    shop.ask("GET", `/v1/content/tagged?customer=userId:${userId(who)}&campaign=${tag}`),
  refuse: ({ tag, userId }: People, who: string) => consent(`userId:${userId(who)}`, false, tag),
  refuseById: ({ tag, customerIds }: People, who: string) => consent(customerIds[who === "a" ? 0 : 1]!, false, tag),
  unsubscribe: ({ tag, decisions }: People, who: string) =>
    post(`/v1/decisions/${decisions[who === "a" ? 0 : 1]}/outcome`, {
      outcome: "unsubscribed",
      at: new Date(shop.services.clock()).toISOString(),
      messageId: `${randomUUID()}-${tag}`,
    }),
  activate: ({ decisions }: People, who: string) =>
    post(`/v1/decisions/${decisions[who === "a" ? 0 : 1]}/activate`, {
      at: new Date(shop.services.clock()).toISOString(),
    }),
}

const erase = ({ userId }: People, who: string) => shop.ask("DELETE", `/v1/customers/userId:${userId(who)}`)

/** Tables with a row that holds any of these texts, as it is or as bytes. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const patterns = texts.flatMap((text) => [text, Buffer.from(text).toString("hex")]).join("|")
  const searches = tables.map(
    (table) =>
      `select '${table}' as name where exists (select from "${table}" own where to_jsonb(own)::text ~ '${patterns}')`,
  )
  return (await shop.sql(searches.join(" union all "))).map(({ name }) => name as string)
}

test("an erasure leaves nothing in any table, whatever happens to the person at the same time", async () => {
  const names = Object.keys(acts) as (keyof typeof acts)[]
  const act = fc.record({ name: fc.constantFrom(...names), who: fc.constantFrom("a", "b") })
  const law = fc.asyncProperty(
    fc.array(act, { minLength: 4, maxLength: 12 }),
    fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 2 }),
    async (beside, erased) => {
      const people = await seedPeople()
      const half = Math.ceil(beside.length / 2)
      const started = beside.slice(0, half).map(({ name, who }) => acts[name](people, who))
      const erasures = erased.map((who) => erase(people, who))
      const answers = await Promise.all([
        ...started,
        ...erasures,
        ...beside.slice(half).map(({ name, who }) => acts[name](people, who)),
      ])
      for (const { status } of answers) expect([200, 400, 404, 503]).toContain(status)
      // What came after the erasure made them anew; now nobody says anything any more.
      for (const who of ["a", "b"]) expect((await erase(people, who)).status).toBe(200)
      expect(await tablesWith([people.tag, ...people.customerIds])).toEqual([])
    },
  )
  await fc.assert(law)
})

test("the tables that are searched are all there are", async () => {
  const rows = await shop.sql(`
    select relname as name from pg_class
    where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`)
  expect([...tables, ...kept].sort()).toEqual(rows.map(({ name }) => name).sort())
})
