import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

type State = Record<string, unknown>
const start = Date.now()
/** A moment long before it is told. */
const past = (n: number) => new Date(start - (100 - n) * 3_600_000).toISOString()

const facts = ["known", "identified", "identifiers", "stage", "traits", "claims", "consents", "history"]
async function read(name: string, asOf = "") {
  const { status, json } = await shop.ask("GET", `/v1/customers/${name}${asOf && `?asOf=${encodeURIComponent(asOf)}`}`)
  expect(status).toBe(200)
  return Object.fromEntries(facts.map((fact) => [fact, json[fact]])) as State
}

async function tell(verb: string, body: object, key: "write" | "ingest" = "ingest") {
  expect((await shop.ask("POST", `/v1/${verb}`, { key, body })).status).toBe(200)
}

const word = fc.oneof(
  fc.record({
    verb: fc.constant("trait" as const),
    at: fc.integer({ min: 0, max: 90 }),
    value: fc.constantFrom("Turin", "Milan", null),
  }),
  fc.record({
    verb: fc.constant("consent" as const),
    at: fc.integer({ min: 0, max: 90 }),
    value: fc.boolean(),
  }),
  fc.record({
    verb: fc.constant("order" as const),
    at: fc.integer({ min: 0, max: 90 }),
    value: fc.constantFrom("A-1", "A-2", "A-3"),
  }),
  fc.record({
    verb: fc.constant("claim" as const),
    at: fc.integer({ min: 0, max: 90 }),
    value: fc.constantFrom("Rome", "Bari"),
  }),
  fc.record({
    verb: fc.constant("name" as const),
    at: fc.integer({ min: 0, max: 90 }),
    value: fc.constantFrom("phone", "tablet"),
  }),
)

let people = 0

async function say(person: string, { verb, at, value }: { verb: string; at: number; value: unknown }) {
  const said = { userId: person, timestamp: past(at) }
  if (verb === "trait") await tell("identify", { ...said, traits: { city: value } })
  else if (verb === "claim") await tell("identify", { ...said, traits: { city: value } }, "write")
  else if (verb === "name") await tell("identify", { ...said, anonymousId: `${person}-${value}` })
  else if (verb === "order")
    await tell("track", {
      ...said,
      event: "Order Completed",
      properties: { order_id: value, products: [{ product_id: "sku-1", quantity: 1 }] },
    })
  else
    await shop.ask("PUT", `/v1/customers/userId:${person}/consents/marketing`, {
      body: { granted: value, at: past(at), source: "form" },
    })
}

describe("a golden record as of a moment", () => {
  test("is what was answered then, whatever has been told since, in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 2, maxLength: 7 }), async (words) => {
        const person = `p-${++people}`
        const answered: [string, State][] = [
          [new Date(shop.services.clock()).toISOString(), await read(`userId:${person}`)],
        ]
        for (const one of words) {
          shop.advance(2000)
          await say(person, one)
          shop.advance(2000)
          answered.push([new Date(shop.services.clock()).toISOString(), await read(`userId:${person}`)])
        }
        for (const [asOf, state] of answered) expect(await read(`userId:${person}`, asOf), asOf).toEqual(state)
      }),
      { numRuns: 12 },
    )
  }, 120_000)

  test("keeps out what was true before and told after", async () => {
    await tell("identify", { userId: "late", traits: { city: "Turin" }, timestamp: past(10) })
    shop.advance(5000)
    const then = new Date(shop.services.clock()).toISOString()
    shop.advance(5000)
    await tell("identify", { userId: "late", traits: { city: "Milan" }, timestamp: past(20) })
    expect((await read("userId:late", then)).traits).toEqual({ city: "Turin" })
    expect((await read("userId:late")).traits).toEqual({ city: "Milan" })
    const { json } = await shop.ask("GET", `/v1/customers/userId:late?explain=fields&asOf=${then}`)
    expect(json.fields).toMatchObject({ city: { value: "Turin", lost: [] } })
  })

  test("is nobody's before they were known", async () => {
    const before = new Date(shop.services.clock() - 1000).toISOString()
    await tell("track", { userId: "new", event: "Product Viewed", properties: { product_id: "sku-1" } })
    expect(await read("userId:new", before)).toMatchObject({
      known: false,
      identified: false,
      identifiers: [],
      traits: {},
    })
    expect((await shop.ask("GET", "/v1/customers/userId:new?asOf=yesterday")).status).toBe(400)
  })
})
