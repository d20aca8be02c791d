import postgres from "postgres"
import { expect, test } from "vitest"
import type { IncomingEvent } from "../../../src/core/history/event.ts"
import { idBound } from "../../../src/core/ids/uuid.ts"
import { newId } from "../../../src/start/new-id.ts"
import { messageOverlapMs, messagePeriodMs } from "../../../src/store/database/partitions.ts"
import type { Decision } from "../../../src/store/decisions/decision-types.ts"
import type { Store } from "../../../src/store/store.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"
import { createOldDatabase } from "../../support/old-database.ts"

const dayMs = 86_400_000
const live = { mayMerge: true, deriveVector: () => null }
const lifetimes = { events: 760, decisions: 400, messages: 45 }

const view = (messageId: string, at = Date.now()): IncomingEvent => ({
  messageId,
  identifiers: [{ type: "userId", value: messageId }],
  at,
  name: "Product Viewed",
  lines: [{ itemId: "sku-1", quantity: 1 }],
  properties: {},
})

const decision = (at: number): Decision => ({
  id: `${idBound(at).slice(0, 13)}-7000-8000-000000000001`,
  customerId: newId(),
  at,
  verb: "recommend",
  placement: "home",
  channel: null,
  kind: null,
  offerId: null,
  releaseId: null,
  policyVersion: "1",
  trace: {},
  expiresAt: null,
  activatedAt: null,
})

const statuses = async (store: Store, events: IncomingEvent[], receivedAt: number) =>
  (await store.events.ingest(events, { ...live, receivedAt })).map(({ status }) => status)

/** The first end of a week of messages after a moment. */
const nextEnd = (at: number) => Math.ceil(at / messagePeriodMs) * messagePeriodMs
const inThreeYears = Date.now() + 3 * 365 * dayMs

test("of two processes on either side of a partition's end, one finds the message taken", async () => {
  const databaseUrl = await createTestDatabase()
  const stores = [await openTestStore(databaseUrl), await openTestStore(databaseUrl)]
  for (const end of [nextEnd(Date.now()), nextEnd(inThreeYears)]) {
    const events = Array.from({ length: 200 }, (_, n) => view(`boundary-${end}-${n}`))
    const answers = await Promise.all([
      statuses(stores[0]!, events, end - 1000),
      statuses(stores[1]!, events, end + 1000),
      statuses(stores[1]!, events, end - 9 * 60_000),
    ])
    for (const n of events.keys())
      expect(
        answers.filter((answer) => answer[n] === "accepted"),
        `message ${n}`,
      ).toHaveLength(1)
    expect(await statuses(stores[0]!, events, end + 30 * dayMs)).toEqual(events.map(() => "duplicate"))
  }
  await Promise.all(stores.map((store) => store.close()))
})

test("a clock years ahead makes the partitions it needs on the spot, of two processes whichever is first", async () => {
  const databaseUrl = await createTestDatabase()
  const stores = [await openTestStore(databaseUrl), await openTestStore(databaseUrl)]
  const mid = nextEnd(inThreeYears) + 3 * dayMs
  const both = await Promise.all(stores.map((store) => statuses(store, [view("future")], mid)))
  expect(both.flat().sort()).toEqual(["accepted", "duplicate"])
  const yearAgo = nextEnd(Date.now()) - 52 * messagePeriodMs
  for (const at of [yearAgo + 3 * dayMs, yearAgo + 60_000, yearAgo - 60_000])
    expect(await statuses(stores[0]!, [view("future"), view(`past-${at}`)], at)).toEqual(["duplicate", "accepted"])
  await Promise.all(stores.map((store) => store.close()))
})

test("a clock years ahead and just past a partition's end claims a message on both sides of it", async () => {
  const store = await openTestStore()
  const justPast = nextEnd(inThreeYears) + 60_000
  expect(await statuses(store, [view("far")], justPast)).toEqual(["accepted"])
  expect(await statuses(store, [view("far")], justPast - 2 * 60_000)).toEqual(["duplicate"])
  await store.close()
})

/** Every weekday, and the last and first moments of a month, a leap February and a year: where periods end differs on each. */
const clocks = [
  ...Array.from({ length: 7 }, (_, n) => Date.UTC(2031, 0, 6 + n, 12)),
  Date.UTC(2031, 0, 31, 23, 59, 59, 999),
  Date.UTC(2032, 1, 29, 12),
  Date.UTC(2031, 11, 31, 23, 59, 59, 999),
  Date.UTC(2032, 0, 1),
].map((at) => ({ at, clock: new Date(at).toUTCString() }))

const endedBy = (atMs: number, periodDays: number) => Math.floor(atMs / (periodDays * dayMs)) * periodDays * dayMs
const partitionName = (table: string, endsAt: number) =>
  `${table}_until_${new Date(endsAt).toISOString().slice(0, 10).replaceAll("-", "")}`

test.each(clocks)("on $clock what is past its lifetime goes while others write", async ({ at }) => {
  const databaseUrl = await createTestDatabase()
  const store = await openTestStore(databaseUrl)
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  await store.partitions.createUpcoming(at)
  await store.partitions.dropOld(at, lifetimes)
  expect(await statuses(store, [view("m-1", at)], at)).toEqual(["accepted"])
  const kept = decision(at)
  await store.decisions.append(kept)
  await client`create table messages_until_20200102 (like messages)`
  const afterMessages = at + (45 + 8) * dayMs
  const writing = Array.from({ length: 20 }, (_, n) => statuses(store, [view(`w-${n}`, at)], at + 2 * 7 * dayMs))
  const dropped = await store.partitions.dropOld(afterMessages, lifetimes)
  expect((await Promise.all(writing)).flat()).toEqual(Array(20).fill("accepted"))
  const lastEnd = endedBy(at + 8 * dayMs, 7)
  const ends = [lastEnd - 7 * dayMs, lastEnd].filter((endsAt) => endsAt > at - messageOverlapMs)
  expect(dropped).toEqual(["messages_until_20200102", ...ends.map((endsAt) => partitionName("messages", endsAt))])
  expect(await store.partitions.dropOld(afterMessages, lifetimes)).toEqual([])
  expect(await statuses(store, [view("m-1", at)], afterMessages)).toEqual(["accepted"])
  expect(await store.decisions.read(kept.id)).toMatchObject({ decision: { id: kept.id } })
  await store.partitions.dropOld(at + (400 + 29) * dayMs, lifetimes)
  expect(await store.decisions.read(kept.id)).toBeNull()
  await client.end()
  await store.close()
})

test("a file read again after its message ids are forgotten doubles no event", async () => {
  const databaseUrl = await createTestDatabase()
  const store = await openTestStore(databaseUrl)
  const longAgo = Date.UTC(2011, 10, 9, 12, 0, 0, 123)
  const bulk = () => store.events.append([view("line-1", longAgo)], { mayMerge: true, receivedAt: Date.now() })
  expect(await bulk()).toMatchObject([{ status: "accepted" }])
  const client = postgres(databaseUrl, { max: 1 })
  await client`truncate messages`
  await client.end()
  expect(await bulk()).toMatchObject([{ status: "duplicate" }])
  await store.close()
})

test("a database from before partitions keeps every row, also when two processes migrate it at once", async () => {
  const { url, decisionId } = await createOldDatabase()
  const [store, other] = await Promise.all([openTestStore(url), openTestStore(url)])
  expect(await statuses(store, [view("old"), view("new")], Date.now())).toEqual(["duplicate", "accepted"])
  expect(await store.decisions.read(decisionId)).toMatchObject({
    decision: { id: decisionId },
    outcomes: [{ outcome: "click" }],
  })
  const events = []
  for await (const batch of store.events.readAll(Date.now() + dayMs)) events.push(...batch)
  expect(events.map(({ messageId }) => messageId).sort()).toEqual(["new", "old"])
  await store.close()
  await other.close()
})
