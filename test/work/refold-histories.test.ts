import postgres from "postgres"
import { afterAll, expect, test, vi } from "vitest"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { newId } from "../../src/start/new-id.ts"
import type { CustomerEvent } from "../../src/store/events/event-types.ts"
import type { Store } from "../../src/store/store.ts"
import { startRefoldingHistories } from "../../src/work/refold-histories.ts"
import { openTestStore } from "../support/database.ts"
import { anEvent } from "../support/events.ts"
import { createOldDatabase } from "../support/old-database.ts"
import { silent } from "../support/save-release.ts"

const at = Date.UTC(2024, 5, 1)
const line = (itemId: string) => ({ itemId, quantity: 1 })
/** History that a service of the first format had folded of the same order told twice. */
const twice = {
  ...{ format: 1, orders: 2, lastOrderAt: at, firstAt: at, lastAt: at, stage: "access", stageAt: at },
  ...{ recent: [], complaints: {}, delays: {} },
  items: { a: { views: 0, carts: 0, purchases: 2, quantity: 2, returns: 0, lastAt: at, purchaseTimes: [at, at] } },
}
const { url } = await createOldDatabase()
const customerId = newId()
const old = postgres(url, { max: 1, onnotice: () => {} })
await old`insert into profiles (customer_id, history, stage, created_at, updated_at)
  values (${customerId}, ${old.json(twice)}, 'access', now(), now())`
for (const [message, name] of [
  ["browser", "Order Completed"],
  ["server", "order_completed"],
] as const)
  await old`insert into events values (${customerId}, ${new Date(at)}, ${message}, ${name}, ${old.json([line("a")])}, null,
    ${old.json({ orderId: "o-1" })}, now())`
await old.end()
const store = await openTestStore(url)
afterAll(() => store.close())

async function eventsByCustomer({ events }: Store): Promise<Map<string, CustomerEvent[]>> {
  const found = new Map<string, CustomerEvent[]>()
  for await (const batch of events.readAll(Number.MAX_SAFE_INTEGER / 1000))
    for (const event of batch) found.set(event.customerId, [...(found.get(event.customerId) ?? []), event])
  return found
}

test("a history of the first format is readable, and every one becomes the fold of its events", async () => {
  const before = await store.customers.read({ customerId })
  expect(before.history).toMatchObject({
    format: 2,
    orders: 2,
    ordersByNumber: {},
    isOutdated: true,
    items: twice.items,
  })

  const user = { type: "userId" as const, value: "u-old" }
  const options = { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null }
  await store.events.ingest([anEvent({ at, identifiers: [user] })], options)
  const events = await eventsByCustomer(store)
  expect(events.size).toBe(3)

  const live = { current: () => null }
  const loops = [1, 2].map(() => startRefoldingHistories({ store, live, log: silent, newId }, { pauseMs: 20 }))
  await vi.waitFor(async () => expect(await store.customers.outdatedHistories(10)).toEqual([]), 20_000)
  await Promise.all(loops.map(({ stop }) => stop()))

  for (const [id, own] of events)
    expect((await store.customers.read({ customerId: id })).history).toEqual(fold(emptyHistory, own))
  expect((await store.customers.read({ customerId })).history).toMatchObject({
    orders: 1,
    items: { a: { quantity: 1 } },
  })
})

test("an event on a history that waits is not lost, and the history goes on waiting", async () => {
  const user = { type: "userId" as const, value: "u-waits" }
  const options = { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null }
  const order = { name: "Order Completed", lines: [line("a")], properties: { orderId: "o-9" }, identifiers: [user] }
  await store.events.ingest([anEvent({ ...order, at })], options)
  const { customerId: id } = await store.customers.read(user)
  const raw = postgres(url, { max: 1, onnotice: () => {} })
  await raw`update profiles set history = ${raw.json({ ...twice, orders: 1 })}, history_format = 1 where customer_id = ${id}`
  await raw.end()

  await store.events.ingest([anEvent({ ...order, at: at + 1 })], options)
  expect((await store.customers.read(user)).history).toMatchObject({ orders: 2, isOutdated: true })
  expect(await store.customers.outdatedHistories(10)).toEqual([id])
  await store.events.refold([id], () => null)
  expect((await store.customers.read(user)).history).toMatchObject({ orders: 1, lastOrderAt: at })
  expect(await store.customers.outdatedHistories(10)).toEqual([])
})
