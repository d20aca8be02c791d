import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { apartRefusal } from "../../../src/core/identity/plan-joins.ts"
import type { RecordLinks } from "../../../src/core/identity/record-link.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

let count = 0
const fresh = (name: string) => `${name}-${++count}`

async function view(name: object, item = "sku-1"): Promise<string> {
  const body = { ...name, event: "Product Viewed", properties: { product_id: item } }
  const { status, json } = await shop.ask("POST", "/v1/track", { key: "ingest", body })
  expect(status).toBe(200)
  return (json.results as { customerId: string }[])[0]!.customerId
}
const alias = async (userId: string, previousId: string) =>
  (await shop.ask("POST", "/v1/alias", { key: "ingest", body: { userId, previousId } })).json.results as {
    customerId: string
    reason?: string
  }[]
const link = (a: unknown, b: unknown, verdict: "same" | "different", more: object = {}) =>
  shop.ask("POST", "/v1/identity/links", { body: { a, b, verdict, ...more } })
const idOf = async (name: string) => (await shop.ask("GET", `/v1/customers/${name}`)).json.customerId as string
const linksOf = async (name: string, query = "") =>
  (await shop.ask("GET", `/v1/customers/${name}/links${query}`)).json as unknown as RecordLinks

/** Two customers who are nothing to each other, and their records. */
async function twoCustomers() {
  const [userId, anonymousId] = [fresh("u"), fresh("a")]
  const a = await view({ userId }, "sku-1")
  const b = await view({ anonymousId }, "sku-2")
  return { userId, anonymousId, a, b }
}

describe("links", () => {
  test("of an event that names two customers say which identifier made them one", async () => {
    const { userId, anonymousId, a, b } = await twoCustomers()
    await view({ userId, anonymousId })
    const { customerId, links } = await linksOf(`userId:${userId}`)
    expect(customerId).toBe(a)
    expect(links).toEqual([
      expect.objectContaining({
        verdict: "same",
        origin: "rule",
        detail: { identifier: { type: "anonymousId", value: anonymousId } },
        actor: null,
        holds: true,
      }),
    ])
    expect([links[0]!.recordA, links[0]!.recordB]).toEqual([a, b].toSorted())
  })

  test("of an alias say the earlier name", async () => {
    const { userId, anonymousId, a, b } = await twoCustomers()
    await alias(userId, anonymousId)
    const { links } = await linksOf(`userId:${userId}`)
    expect(links.map(({ recordA, recordB, detail }) => [recordA, recordB, detail])).toEqual([
      [...[a, b].toSorted(), { identifier: { type: "anonymousId", value: anonymousId } }],
    ])
  })

  test("are written for a record that comes later under an identifier of its customer, in one batch too", async () => {
    const [userId, anonymousId] = [fresh("u"), fresh("a")]
    const said = { event: "Product Viewed", properties: { product_id: "sku-1" }, type: "track" }
    const batch = [
      { ...said, userId, anonymousId },
      { ...said, anonymousId },
    ]
    await shop.ask("POST", "/v1/batch", { key: "ingest", body: { batch } })
    await view({ anonymousId })
    const { links } = await linksOf(`userId:${userId}`)
    expect(links).toHaveLength(1)
    expect(links[0]!.detail.identifier).toEqual({ type: "anonymousId", value: anonymousId })
  })

  test("come in pages, oldest first", async () => {
    const userId = fresh("u")
    const customerId = await view({ userId })
    for (let n = 0; n < 3; n++) {
      const anonymousId = fresh("a")
      await view({ anonymousId })
      await alias(userId, anonymousId)
    }
    const first = await linksOf(customerId, "?limit=2")
    const rest = await linksOf(customerId, `?limit=2&cursor=${first.nextCursor}`)
    const ids = [...first.links, ...rest.links].map(({ id }) => id)
    expect([first.links.length, rest.links.length, rest.nextCursor]).toEqual([2, 1, null])
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })

  test("go with an erased customer", async () => {
    const { userId, anonymousId, a, b } = await twoCustomers()
    await link({ userId }, { anonymousId }, "different")
    await shop.ask("DELETE", `/v1/customers/${b}`)
    expect((await linksOf(a)).links).toEqual([])
    expect(await shop.sql(`select from record_links where record_a = '${b}' or record_b = '${b}'`)).toEqual([])
  })
})

describe("somebody's word", () => {
  test("joins two customers; the older keeps the id, and both names and ids lead there", async () => {
    const { userId, anonymousId, a, b } = await twoCustomers()
    const { status, json } = await link({ userId }, b, "same", { note: "called us" })
    expect(status).toBe(200)
    expect(json).toMatchObject({ changed: true, dryRun: false })
    expect((json.before as unknown[]).length).toBe(2)
    expect(json.after).toMatchObject([{ customerId: a, records: [a, b] }])
    for (const name of [`userId:${userId}`, `anonymousId:${anonymousId}`, a, b]) expect(await idOf(name)).toBe(a)
    const { links } = await linksOf(a)
    expect(links).toMatchObject([{ origin: "word", detail: { note: "called us" }, actor: { kind: "key" } }])
    const { history } = (await shop.ask("GET", `/v1/customers/${a}`)).json as { history: { items: object } }
    expect(Object.keys(history.items).toSorted()).toEqual(["sku-1", "sku-2"])
  })

  test("changes nothing as a dry run, and shows what would be", async () => {
    const { userId, anonymousId, a, b } = await twoCustomers()
    const { json } = await link({ userId }, { anonymousId }, "same", { dryRun: true })
    expect(json).toMatchObject({ changed: true, dryRun: true, after: [{ customerId: a, records: [a, b] }] })
    expect([await idOf(a), await idOf(b)]).toEqual([a, b])
    expect((await linksOf(a)).links).toEqual([])
    const written = await shop.sql(`select from audit_log where action = 'identities.link' and subject_id = '${a}'`)
    expect(written).toEqual([])
  })

  test("that two are different keeps an alias and an event from joining them, until the word is taken back", async () => {
    const { userId, anonymousId, a, b } = await twoCustomers()
    await link(a, b, "different")
    expect(await alias(userId, anonymousId)).toMatchObject([{ customerId: a, reason: apartRefusal }])
    expect(await view({ userId, anonymousId })).toBe(a)
    expect([await idOf(a), await idOf(b)]).toEqual([a, b])
    await link(a, b, "same")
    expect(await idOf(b)).toBe(a)
    const { links } = await linksOf(a)
    expect(links.filter(({ origin }) => origin === "word").map(({ verdict, holds }) => [verdict, holds])).toEqual([
      ["different", false],
      ["same", true],
    ])
  })

  test("that two are different keeps those apart whom either was joined with", async () => {
    const [one, other] = [await twoCustomers(), await twoCustomers()]
    await link(one.a, one.b, "same")
    await link(one.b, other.b, "different")
    await link(other.a, other.b, "same")
    expect(await alias(one.userId, other.anonymousId)).toMatchObject([{ customerId: one.a, reason: apartRefusal }])
    expect(await alias(one.userId, other.userId)).toMatchObject([{ reason: apartRefusal }])
    expect([await idOf(one.b), await idOf(other.b)]).toEqual([one.a, other.a])
  })

  test("is refused of one record, and of nobody", async () => {
    const { userId, a } = await twoCustomers()
    expect((await link({ userId }, a, "same")).status).toBe(400)
    expect((await link({ userId }, { userId: fresh("nobody") }, "same")).status).toBe(404)
    expect((await link({ userId }, a, "same", { weight: 3 })).status).toBe(400)
  })
})
