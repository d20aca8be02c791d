import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { mergeTraits, saidAt, type TimedTraits } from "../../src/core/customer/traits.ts"
import type { ExplainedFields, PersonRecord } from "../../src/core/identity/person-records.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

interface Explained {
  customerId: string
  traits: Record<string, unknown>
  records: PersonRecord[]
  fields: ExplainedFields
}

const tell = (path: string, body: object, key: "write" | "ingest" = "ingest") =>
  shop.ask("POST", path, { key, body }).then(({ status }) => expect(status).toBe(200))
const explain = async (name: string) =>
  (await shop.ask("GET", `/v1/customers/${name}?explain=fields`)).json as unknown as Explained
const rowsOf = async (customerId: string) =>
  ((await shop.ask("GET", `/v1/customers/${customerId}/export`)).json as { tables: Record<string, Row[]> }).tables
type Row = Record<string, unknown>
const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString()

describe("a customer's records", () => {
  test("have the identifiers that each came with, as they were given, and say which trait won against what", async () => {
    const told = { email: "Ada@Example.com", city: "Turin" }
    await tell("/v1/identify", { userId: "ada", traits: told, timestamp: day(5) })
    await tell("/v1/identify", { userId: "ada", anonymousId: "tablet", traits: { city: "Milan" }, timestamp: day(3) })
    const { records, fields, traits } = await explain("userId:ada")
    expect(traits.city).toBe("Turin")
    expect(records).toHaveLength(1)
    expect(records[0]!.identifiers.map(({ type, value, given }) => [type, value, given])).toEqual(
      expect.arrayContaining([
        ["userId", "ada", null],
        ["email", "ada@example.com", "Ada@Example.com"],
        ["anonymousId", "tablet", null],
      ]),
    )
    expect(fields.city).toMatchObject({
      value: "Turin",
      at: day(5),
      recordId: records[0]!.recordId,
      rule: "latest",
      lost: [{ value: "Milan", at: day(3), claimed: false }],
    })
  })

  test("stay two when their customers become one, and each event keeps its own", async () => {
    await tell("/v1/track", { userId: "bo", event: "Product Viewed", properties: { product_id: "sku-1" } })
    await tell("/v1/track", { anonymousId: "bo-2", event: "Product Viewed", properties: { product_id: "sku-2" } })
    const [before, other] = [await explain("userId:bo"), await explain("anonymousId:bo-2")]
    await tell("/v1/alias", { userId: "bo", previousId: "bo-2" })
    const joined = await explain("userId:bo")
    const ids = joined.records.map(({ recordId }) => recordId)
    expect(ids).toEqual(expect.arrayContaining([before.records[0]!.recordId, other.records[0]!.recordId]))
    const { events } = await rowsOf(joined.customerId)
    const recordOf = (item: string) => events!.find(({ lines }) => JSON.stringify(lines).includes(item))!.recordId
    expect([recordOf("sku-1"), recordOf("sku-2")]).toEqual([before.records[0]!.recordId, other.records[0]!.recordId])
  })

  test("keep what browsers claim apart and bounded, and go when the customer is erased", async () => {
    await tell("/v1/identify", { userId: "cy", traits: { city: "Rome" }, timestamp: day(2) })
    const batch = Array.from({ length: 110 }, (_, n) => ({
      type: "identify",
      userId: "cy",
      anonymousId: `b-${n}`,
      traits: { city: `X${n}` },
    }))
    for (let from = 0; from < batch.length; from += 10)
      await tell("/v1/batch", { batch: batch.slice(from, from + 10) }, "write")
    const { customerId, fields, records } = await explain("userId:cy")
    expect(fields.city!.value).toBe("Rome")
    expect(fields.city!.lost.every(({ claimed }) => claimed)).toBe(true)
    const { recordIdentifiers, recordTraits } = await rowsOf(customerId)
    expect(recordIdentifiers!.filter(({ claimed }) => claimed)).toHaveLength(100)
    expect(recordTraits!.filter(({ claimed }) => claimed)).toHaveLength(100)
    expect(records[0]!.claimed).toBe(false)
    await shop.ask("DELETE", `/v1/customers/${customerId}`)
    expect(await explain("userId:cy")).toMatchObject({ records: [], fields: {} })
  })
})

describe("the ledger of consents", () => {
  const say = (name: string, granted: boolean, n: number, more: object = {}) =>
    shop.ask("PUT", `/v1/customers/${name}/consents/marketing`, {
      body: { granted, at: day(n), source: "shop form", ...more },
    })
  const ledger = async (name: string) =>
    (await shop.ask("GET", `/v1/customers/${name}/consents`)).json as { customerId: string; statements: Row[] }

  test("has every statement once, under its record, also what no longer holds and what came late", async () => {
    await say("userId:di", true, 4, { proof: "form 17" })
    await say("userId:di", true, 4, { proof: "form 17" })
    await say("userId:di", false, 6)
    await say("userId:di", true, 5)
    const { customerId, statements } = await ledger("userId:di")
    expect(statements.map(({ granted, at, proof }) => [granted, at, proof])).toEqual([
      [true, day(5), undefined],
      [false, day(6), undefined],
      [true, day(4), "form 17"],
    ])
    const { consents, records } = (await explain("userId:di")) as Explained & { consents: Record<string, Row> }
    expect(consents.marketing).toMatchObject({ granted: false, at: day(6) })
    expect(records).toHaveLength(1)
    await tell("/v1/track", { userId: "di", event: "Product Viewed", properties: { product_id: "sku-1" } })
    const [record] = (await explain("userId:di")).records
    expect(statements.every(({ recordId }) => recordId === record!.recordId)).toBe(true)
    await shop.ask("DELETE", `/v1/customers/${customerId}`)
    expect((await ledger("userId:di")).statements).toEqual([])
  })

  test("joins with the customers, and says of which record each statement was", async () => {
    await say("userId:ed", true, 4)
    await say("anonymousId:ed-2", false, 5)
    await tell("/v1/alias", { userId: "ed", previousId: "ed-2" })
    const { statements } = await ledger("userId:ed")
    expect(new Set(statements.map(({ recordId }) => recordId)).size).toBe(2)
    expect(statements.map(({ granted }) => granted).toSorted()).toEqual([false, true])
  })
})

test("decisions keep the record that was asked for, also once it is another customer's", async () => {
  const ask = (customer: object) =>
    shop.ask("POST", "/v1/recommend", { body: { customer, placement: "home-hero", limit: 1 } })
  for (const name of [{ userId: "flo" }, { anonymousId: "flo-2" }])
    await tell("/v1/track", { ...name, event: "Product Viewed", properties: { product_id: "sku-1" } })
  await ask({ userId: "flo" })
  await ask({ anonymousId: "flo-2" })
  await tell("/v1/alias", { userId: "flo", previousId: "flo-2" })
  const { customerId, records } = await explain("userId:flo")
  await ask({ customerId })
  const { decisions } = await rowsOf(customerId)
  const asked = decisions!.map(({ recordId }) => recordId)
  expect(asked).toHaveLength(3)
  expect(new Set(asked)).toEqual(new Set([null, ...records.map(({ recordId }) => recordId)]))
})

test("the traits of a customer are what their records said, in whatever order it was told", async () => {
  let person = 0
  const statement = fc.record({
    record: fc.constantFrom("a", "b"),
    name: fc.constantFrom("city", "size"),
    value: fc.constantFrom("x", "y", null),
    day: fc.integer({ min: 1, max: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 10 }), async (statements) => {
      const names = { a: `law-${++person}-a`, b: `law-${person}-b` } as const
      await tell("/v1/track", { userId: names.a, event: "Product Viewed", properties: { product_id: "sku-1" } })
      await tell("/v1/alias", { userId: names.a, previousId: names.b })
      for (const { record, name, value, day: n } of statements)
        await tell("/v1/identify", {
          ...(record === "a" ? { userId: names.a } : { anonymousId: names.b }),
          traits: { [name]: value },
          timestamp: day(n),
        })
      const { customerId, traits } = await explain(`userId:${names.a}`)
      const { recordTraits = [] } = await rowsOf(customerId)
      const nothing: TimedTraits = { traits: {}, times: {} }
      const folded = recordTraits.reduce<TimedTraits>(
        (held, { name, value, repeatedAt }) =>
          mergeTraits(held, saidAt({ [name as string]: value }, Date.parse(repeatedAt as string))),
        nothing,
      )
      expect(folded.traits).toEqual(traits)
    }),
    { numRuns: 20 },
  )
})
