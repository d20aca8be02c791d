import { afterAll, beforeAll, expect, test } from "vitest"
import { eraseCustomer } from "../../src/actions/customers/erase-customer.ts"
import { exportCustomer } from "../../src/actions/customers/export-customer.ts"
import { setConsent } from "../../src/actions/customers/set-consent.ts"
import { ingestEvents } from "../../src/actions/events/ingest-events.ts"
import type { Identifier } from "../../src/core/customer/identifier.ts"
import type { Store } from "../../src/store/store.ts"
import { tester } from "../support/actor.ts"
import { openTestStore } from "../support/database.ts"
import { anEvent } from "../support/events.ts"

let store: Store
const clock = () => Date.UTC(2024, 0, 10)
const live = { current: () => null }
const server = { mayMerge: true, country: null }

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const user = (value: string): Identifier => ({ type: "userId", value })
const consent = (granted: boolean, at: string) => ({ granted, at, source: "preference centre" })

test("the latest word on a consent holds, whatever the order it comes in", async () => {
  const customer = user("consent")
  const purpose = "marketing" as const
  await setConsent({ store, clock }, { customer, purpose, consent: consent(false, "2024-01-03T00:00:00Z") }, tester)
  const held = await setConsent(
    { store, clock },
    { customer, purpose, consent: consent(true, "2024-01-02T00:00:00Z") },
    tester,
  )
  expect(held.consents.marketing!.granted).toBe(false)
  const read = await store.customers.read(customer)
  expect(read).toMatchObject({ customerId: held.customerId, known: true, consents: held.consents })
})

test("consents that come together make one new customer who holds them all", async () => {
  const purposes = ["marketing", "service", "unasked-parcel", "analytics"] as const
  const given = consent(true, "2024-01-02T00:00:00Z")
  const made = await Promise.all(
    purposes.map((purpose) =>
      setConsent({ store, clock }, { customer: user("at-once"), purpose, consent: given }, tester),
    ),
  )
  expect(new Set(made.map(({ customerId }) => customerId)).size).toBe(1)
  expect(Object.keys((await store.customers.read(user("at-once"))).consents).sort()).toEqual([...purposes].sort())
})

test("a consent of the future is refused, and so is that of an unknown customerId", async () => {
  const purpose = "service" as const
  const future = { customer: user("x"), purpose, consent: consent(true, "2024-02-01T00:00:00Z") }
  await expect(setConsent({ store, clock }, future, tester)).rejects.toMatchObject({ code: "invalidRequest" })
  const nobody = { customerId: "00000000-0000-4000-8000-000000000000" }
  const unknown = { customer: nobody, purpose, consent: consent(true, "2024-01-01T00:00:00Z") }
  await expect(setConsent({ store, clock }, unknown, tester)).rejects.toMatchObject({ code: "notFound" })
})

test("merging two customers keeps the latest word of both on each purpose", async () => {
  const [a, b] = [user("consents-a"), user("consents-b")]
  const purpose = "marketing" as const
  await setConsent({ store, clock }, { customer: a, purpose, consent: consent(true, "2024-01-01T00:00:00Z") }, tester)
  await setConsent({ store, clock }, { customer: b, purpose, consent: consent(false, "2024-01-05T00:00:00Z") }, tester)
  await ingestEvents({ store, live, clock }, [anEvent({ identifiers: [a], previousId: b.value, lines: [] })], server)
  expect((await store.customers.read(a)).consents.marketing!.granted).toBe(false)
  expect((await store.customers.read(b)).consents).toEqual((await store.customers.read(a)).consents)
})

test("an export has every table, merged customers included, and erasure leaves nothing that a retry could bring back", async () => {
  const [a, b] = [user("leaving"), user("leaving too")]
  const events = [
    anEvent({ identifiers: [a], name: "Order Completed" }),
    anEvent({ identifiers: [b] }),
    anEvent({ identifiers: [a], previousId: b.value, lines: [], name: "Identifiers Joined" }),
  ]
  const results = await ingestEvents({ store, live, clock }, events, server)
  const customerId = results[2]!.customerId!
  const exported = await exportCustomer({ store }, b)
  expect(exported.customerId).toBe(customerId)
  const counts = Object.fromEntries(Object.entries(exported.tables).map(([table, rows]) => [table, rows.length]))
  expect(counts).toMatchObject({ profiles: 2, identifiers: 2, events: 3, contacts: 0, decisions: 0, contents: 0 })

  const erased = await eraseCustomer({ store }, a, tester)
  expect(erased).toEqual({ customerId, rowsErased: 2 + 2 + 2 + 3 + 2 + 4 })
  await expect(exportCustomer({ store }, b)).rejects.toMatchObject({ code: "notFound" })
  const retried = await ingestEvents({ store, live, clock }, events, server)
  expect(retried.map(({ status }) => status)).toEqual(["duplicate", "duplicate", "duplicate"])
  expect(await store.customers.read(a)).toMatchObject({ known: false, identified: false })
  expect(await eraseCustomer({ store }, a, tester)).toMatchObject({ rowsErased: 0 })
})
