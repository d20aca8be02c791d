import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Identifier } from "../../../src/core/customer/identifier.ts"
import type { Store } from "../../../src/store/store.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"
import { anEvent } from "../../support/events.ts"

let store: Store
let client: postgres.Sql
beforeAll(async () => {
  const url = await createTestDatabase()
  store = await openTestStore(url)
  client = postgres(url, { max: 1 })
})
afterAll(async () => {
  await client.end()
  await store.close()
})

const device = (value: string): Identifier => ({ type: "anonymousId", value })

async function visit(...identifiers: Identifier[]): Promise<string> {
  const [result] = await store.events.ingest([anEvent({ identifiers })], {
    mayMerge: true,
    receivedAt: Date.now(),
    deriveVector: () => null,
  })
  return result!.customerId!
}

/** Makes the customers' last event a hundred days old. */
const age = (...ids: string[]) =>
  client`update profiles set updated_at = now() - interval '100 days' where customer_id = any(${ids})`

const hundredDaysAgo = () => Date.now() - 99 * 86_400_000
const page = (after: string | null, limit = 100) => ({ beforeMs: hundredDaysAgo(), after, limit })

test("a visitor without an event for long is erased with every row, and nobody who is named, asked for consent or came back", async () => {
  const visitor = await visit(device("old browser"))
  const named = await visit(device("browser of a member"), { type: "userId", value: "member" })
  const refusing = await visit(device("browser of a refusal"))
  const consent = { granted: false, at: new Date().toISOString(), source: "banner" }
  await store.customers.setConsent({ customerId: refusing }, "marketing", consent, { nowMs: Date.now(), actor: null })
  const asked = await visit(device("browser that asks"))
  await client`insert into contacts (customer_id, updated_at) values (${asked}, now())`
  const lately = await visit(device("young browser"))
  await age(visitor, named, refusing, asked)

  expect(await store.visitors.eraseExpired(page(null))).toEqual({ erased: 1, last: null })
  expect(await store.customers.exportAll(visitor)).toBeNull()
  for (const id of [named, refusing, asked, lately])
    expect((await store.customers.exportAll(id))!.events).toHaveLength(1)
})

test("profiles are walked page by page, each looked at once", async () => {
  const visitors = await Promise.all(Array.from({ length: 7 }, (_, n) => visit(device(`walked ${n}`))))
  await age(...visitors)
  const [{ count }] = (await client`select count(*)::int from profiles`) as unknown as [{ count: number }]
  let [pages, erased, after] = [0, 0, null as string | null]
  do {
    const walked = await store.visitors.eraseExpired(page(after, 3))
    pages++
    erased += walked.erased
    after = walked.last
  } while (after !== null)
  expect(erased).toBe(7)
  expect(pages).toBe(Math.floor(count / 3) + 1)
})
