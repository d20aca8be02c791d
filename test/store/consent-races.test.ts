import { randomUUID } from "node:crypto"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { hasConsent } from "../../src/core/customer/consent.ts"
import { channels } from "../../src/core/schema/channel.ts"
import { customerTables } from "../../src/store/database/data-inventory.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const track = (body: object) => shop.ask("POST", "/v1/track", { key: "ingest", body })
const seen = (userId: string, more: object = {}) => track({ userId, event: "Page Viewed", ...more })
const join = (userId: string, previousId: string) =>
  shop.ask("POST", "/v1/alias", { key: "ingest", body: { userId, previousId } })
const consent = (who: string, body: object) =>
  shop.ask("PUT", `/v1/customers/${who}/consents/marketing`, { key: "ingest", body: { source: "test", ...body } })
const idOf = async (userId: string) =>
  (await shop.services.store.customers.read({ type: "userId", value: userId })).customerId
const held = async (userId: string) =>
  (await shop.services.store.customers.read({ type: "userId", value: userId })).consents
const ago = (ms: number) => new Date(shop.services.clock() - ms).toISOString()

async function decisionOn(channel: string, userId: string): Promise<string> {
  const body = { customer: { userId }, placement: "home", channel }
  return (await shop.ask("POST", "/v1/decide", { body })).json.decisionId as string
}
const unsubscribe = (decisionId: string, at: string) =>
  shop.ask("POST", `/v1/decisions/${decisionId}/outcome`, {
    body: { outcome: "unsubscribed", at, messageId: `gone-${decisionId}` },
  })

test("unsubscribing from several channels at once, or in another order than it happened, ends all of them", async () => {
  const law = fc.asyncProperty(
    fc.uniqueArray(fc.tuple(fc.constantFrom(...channels), fc.integer({ min: 1, max: 90 })), {
      selector: ([channel]) => channel,
      minLength: 1,
      maxLength: 4,
    }),
    fc.boolean(),
    async (withdrawals, isKnownBefore) => {
      const userId = randomUUID()
      if (isKnownBefore) await consent(`userId:${userId}`, { granted: true, at: ago(100_000) })
      const decisions = await Promise.all(
        withdrawals.map(async ([channel, seconds]) => ({
          id: await decisionOn(channel, userId),
          at: ago(seconds * 1000),
        })),
      )
      await Promise.all(decisions.map(({ id, at }) => unsubscribe(id, at)))
      if (!isKnownBefore) await consent(`userId:${userId}`, { granted: true, at: ago(100_000) })
      const off = withdrawals.map(([channel]) => channel)
      const consents = await held(userId)
      for (const channel of channels) expect(hasConsent(consents, "marketing", channel)).toBe(!off.includes(channel))
    },
  )
  await fc.assert(law)
})

test("a withdrawal by customer id that meets a merge is the merged customer's", async () => {
  for (let round = 0; round < 20; round++) {
    const [a, b] = [`keeps-${round}`, `joins-${round}`]
    await seen(a)
    await seen(b)
    await consent(`userId:${b}`, { granted: true, at: ago(100_000) })
    const withdraw = async (id: string) => consent(id, { granted: false, at: ago(1000) })
    const [answer] = await Promise.all([withdraw(await idOf(b)), join(a, b)])
    expect(answer.status).toBe(200)
    expect((await held(a)).marketing).toMatchObject({ granted: false })
  }
  const left = await shop.sql(
    "select count(*)::int as n from profiles where merged_into is not null and consents <> '{}'",
  )
  expect(left).toEqual([{ n: 0 }])
})

test("an erasure that meets a merge, events and consents leaves nothing of the person in any table", async () => {
  const trace = async (tag: string, ids: readonly string[]) => {
    const found: string[] = []
    for (const { name } of customerTables) {
      const [row] = await shop.sql(
        `select count(*)::int as n from ${name} where to_jsonb(${name})::text ~ '${[tag, ...ids].join("|")}'`,
      )
      if (row!.n !== 0) found.push(name)
    }
    return found
  }
  for (let round = 0; round < 6; round++) {
    const tag = `erased-${round}`
    const [a, b] = [`a-${tag}`, `b-${tag}`]
    await shop.ask("POST", "/v1/identify", { key: "ingest", body: { userId: a, traits: { city: tag } } })
    await shop.ask("POST", "/v1/identify", {
      key: "ingest",
      body: { userId: b, traits: { email: `${tag}@example.com` } },
    })
    await consent(`userId:${b}`, { granted: true, at: ago(1000), source: tag })
    const ids = [await idOf(a), await idOf(b)]
    const erase = () => shop.ask("DELETE", `/v1/customers/userId:${b}`)
    const [erased] = await Promise.all([erase(), join(a, b)])
    expect(erased.status).toBe(200)
    const { customerId } = erased.json
    expect(ids).toContain(customerId)
    const isJoined = (await idOf(a)) === (await idOf(b))
    const whole = isJoined || customerId === ids[0]
    if (customerId === ids[0]) expect(await trace(tag, ids)).toEqual([])
    else if (whole) expect(await shop.sql(`select 1 from identifiers where value = '${tag}@example.com'`)).toEqual([])
    await shop.ask("DELETE", `/v1/customers/userId:${a}`)
    await shop.ask("DELETE", `/v1/customers/userId:${b}`)
    expect(await trace(tag, ids)).toEqual([])
  }
})

test("a consent from before 1970 or from the future is refused, and a customer it makes is as old as the server says", async () => {
  for (const at of [
    "0000-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    new Date(shop.services.clock() + 3_600_000).toISOString(),
  ])
    expect((await consent("userId:times", { granted: true, at })).status, at).toBe(400)
  expect((await consent("userId:times", { granted: true, at: "1999-01-01T00:00:00Z" })).status).toBe(200)
  const { createdAt } = (await shop.ask("GET", "/v1/customers/userId:times")).json
  expect(Date.parse(createdAt as string)).toBeGreaterThan(Date.parse(ago(60_000)))
})
