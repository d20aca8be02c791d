import fc from "fast-check"
import postgres from "postgres"
import { afterAll, expect, test } from "vitest"
import { samplePath } from "../contracts/route.ts"
import { type PublicRoute, publicRoutes } from "../support/public-routes.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
const database = postgres(shop.databaseUrl, { max: 1 })
afterAll(async () => {
  await database.end()
  await shop.close()
})

const routes = await publicRoutes(shop)
const takesMany = ({ fields }: PublicRoute) => fields.includes("batch")
const isTracker = ({ permission }: PublicRoute) => permission === "events:send"

/** Fields that a body needs beside the customer; a route with another field has to state its value here. */
const needed: Readonly<Record<string, unknown>> = {
  placement: "home",
  channel: "web",
  items: ["sku-1"],
  lists: [{ placement: "home" }],
  outcome: "click",
  at: "2024-01-01T00:00:00Z",
  messageId: "m",
}

const names = ["1", "2", "3"] as const
const name = fc.constantFrom(...names)
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 3 })
const call = fc.record({
  type: fc.constantFrom("alias", "identify", "track", "page", "screen", "group"),
  userId: optional(name),
  anonymousId: optional(name),
  previousId: optional(name),
  groupId: fc.constant("g"),
  event: fc.constantFrom(
    "Product Viewed",
    "Order Completed",
    "Complaint Opened",
    "Delivery Delayed",
    "Product Returned",
  ),
  context: optional(
    fc.record({
      externalIds: fc.array(fc.record({ type: fc.constantFrom("userId", "anonymousId", "email"), id: name }), {
        maxLength: 2,
      }),
    }),
  ),
  traits: optional(fc.record({ email: name, phone: name, firstName: name })),
})
const references = ["userId", "anonymousId", "email", "phone", "loyaltyCard"] as const
const step = fc.record({
  key: fc.constantFrom("write" as const, "write" as const, "ingest" as const),
  route: fc.oneof(
    { arbitrary: fc.constantFrom(...routes), weight: 1 },
    { arbitrary: fc.constantFrom(...routes.filter(isTracker)), weight: 1 },
    { arbitrary: fc.constantFrom(...routes.filter(takesMany)), weight: 2 },
  ),
  calls: fc.array(call, { minLength: 1, maxLength: 5 }),
  reference: fc.constantFrom(...references),
  name,
})

interface Person {
  customerId: string
  identifiers: readonly string[]
  /** Facts that no browser may change: traits, consents, orders, returns and open cases. */
  facts: unknown
}

/** Everybody whom this run names. */
async function people(run: number): Promise<{ persons: Map<string, Person>; merged: number }> {
  const persons = await database<Person[]>`
    select customer_id as "customerId", coalesce(jsonb_agg(type || ':' || value order by type, value)
      filter (where type is not null), '[]') as identifiers,
      jsonb_build_array(traits, consents, history->'orders', history->'complaints', history->'delays',
        history->'lastOrderAt') as facts
    from profiles left join identifiers using (customer_id)
    where merged_into is null and customer_id in (select customer_id from identifiers where value like ${`${run}-%`})
    group by customer_id`
  const [merged] = await database`select count(*)::int as count from profiles where merged_into is not null`
  return {
    persons: new Map(persons.map((person) => [person.customerId, person])),
    merged: merged!.count as number,
  }
}

const isUserId = (identifier: string) => identifier.startsWith("userId:")
const isAnonymousId = (identifier: string) => identifier.startsWith("anonymousId:")

test("whatever a public key says, nobody gets a second name, becomes somebody else or has other facts", async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12, size: "max" }), async (steps) => {
      run++
      const own = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(/"([1-3])"/g, `"${run}-$1"`))
      for (const { key, route, calls, reference, name } of steps) {
        const body = isTracker(route)
          ? takesMany(route)
            ? { batch: own(calls) }
            : own(calls[0])
          : bodyOf(route, { [reference]: `${run}-${name}` })
        const before = await people(run)
        const { status } = await shop.ask(route.method, samplePath(route.path), { key, body })
        expect(status).toBeLessThan(500)
        if (key === "write") expectOnlyNewAnonymousIds(before, await people(run))
      }
    }),
  )
})

type People = Awaited<ReturnType<typeof people>>

function expectOnlyNewAnonymousIds(before: People, after: People): void {
  expect(after.merged).toBe(before.merged)
  for (const customerId of before.persons.keys()) expect(after.persons.has(customerId)).toBe(true)
  const taken = new Set([...before.persons.values()].flatMap(({ identifiers }) => identifiers))
  for (const { customerId, identifiers, facts } of after.persons.values()) {
    const person = before.persons.get(customerId)
    if (person) expect(facts).toEqual(person.facts)
    const known = person?.identifiers
    const added = identifiers.filter((identifier) => !known?.includes(identifier))
    expect(known?.filter((identifier) => !identifiers.includes(identifier)) ?? []).toEqual([])
    expect(added.filter((identifier) => taken.has(identifier))).toEqual([])
    if (known !== undefined) expect(added.filter((identifier) => !isAnonymousId(identifier))).toEqual([])
    else expect(identifiers.filter(isUserId).length).toBeLessThanOrEqual(1)
  }
}

function bodyOf({ fields, path }: PublicRoute, customer: object): Record<string, unknown> {
  const known = fields.filter((field) => Object.hasOwn(needed, field)).map((field) => [field, needed[field]])
  if (!fields.includes("customer") && known.length === 0) throw new Error(`say what to send to ${path}`)
  return { ...Object.fromEntries(known), ...(fields.includes("customer") && { customer }) }
}

test("a public key is answered the same about who is a customer and who is nobody", async () => {
  const asking = routes.filter(({ fields }) => fields.includes("customer"))
  expect(asking.map(({ path }) => path)).toEqual(expect.arrayContaining(["/v1/recommend", "/v1/rank", "/v1/decide"]))
  const traits = { email: "known@example.com", phone: "+39061234567", loyaltyCard: "known" }
  const made = await shop.ask("POST", "/v1/identify", { key: "ingest", body: { userId: "known", traits } })
  const [{ customerId }] = made.json.results as [{ customerId: string }]
  const known = { userId: "known", ...traits, customerId }
  const type = fc.constantFrom(...(Object.keys(known) as (keyof typeof known)[]))
  await fc.assert(
    fc.asyncProperty(type, fc.constantFrom(...asking), fc.uuid(), async (type, route, nobody) => {
      const answer = async (value: string) => {
        const body = bodyOf(route, { [type]: value })
        const { status, json } = await shop.ask(route.method, samplePath(route.path), { key: "write", body })
        const { requestId: _, ...said } = json
        return { status, said }
      }
      const known1 = await answer(known[type])
      expect(known1).toEqual(await answer(nobody))
      expect(known1).toMatchObject({ status: 403, said: { code: "customerTokenRequired" } })
    }),
  )
})

test("a public key's events are answered the same whether the userIds they name are known or not", async () => {
  const trackers = routes.filter(isTracker)
  await shop.ask("POST", "/v1/track", { key: "ingest", body: { anonymousId: "stranger", event: "Product Viewed" } })
  const field = fc.constantFrom("userId", "previousId", "externalId" as const)
  const anonymousId = fc.constantFrom("stranger", "fresh", undefined)
  let run = 0
  await fc.assert(
    fc.asyncProperty(call, fc.constantFrom(...trackers), field, anonymousId, async (given, route, field, device) => {
      run++
      const known = `known-${run}`
      await shop.ask("POST", "/v1/track", { key: "ingest", body: { userId: known, event: "Product Viewed" } })
      const answer = async (name: string) => {
        const context = field === "externalId" ? { externalIds: [{ type: "userId", id: name }] } : {}
        const own = { userId: `own-${run}-${name}`, anonymousId: device === "fresh" ? `fresh-${name}` : device }
        const named = { ...given, ...own, context, ...(field !== "externalId" && { [field]: name }) }
        const body = takesMany(route) ? { batch: [named] } : named
        const { status, json } = await shop.ask(route.method, route.path, { key: "write", body })
        return { status, said: (json.results as object[]).map((result) => ({ ...result, messageId: "" })) }
      }
      expect(await answer(known)).toEqual(await answer(`nobody-${run}`))
    }),
  )
})
