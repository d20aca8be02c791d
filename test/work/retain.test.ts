import pino from "pino"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { parseConfig } from "../../src/config.ts"
import { newId } from "../../src/start/new-id.ts"
import type { Store } from "../../src/store/store.ts"
import { startRetention } from "../../src/work/retain.ts"
import { tester } from "../support/actor.ts"
import { createTestDatabase, openTestStore } from "../support/database.ts"
import { anEvent } from "../support/events.ts"

let stores: Store[]
const lines: { msg: string }[] = []
const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) })
const dayMs = 86_400_000

beforeAll(async () => {
  const url = await createTestDatabase()
  stores = [await openTestStore(url), await openTestStore(url)]
})
afterAll(() => Promise.all(stores.map((store) => store.close())))

/** A server whose clock, and whose database's as it sees it, are ahead. */
const serverAt = (store: Store, ahead: { serverMs: number; databaseMs: number }) => ({
  store: { ...store, partitions: { ...store.partitions, now: async () => Date.now() + ahead.databaseMs } },
  config: parseConfig({ MESSAGES_DAYS: "7" }),
  clock: () => Date.now() + ahead.serverMs,
  log,
  newId,
})

const eventually = (isSo: () => boolean) => expect.poll(isSo, { timeout: 20_000, interval: 20 }).toBe(true)
const said = (text: string) => lines.filter(({ msg }) => msg.includes(text)).length

test("old partitions go once, whichever of two servers does it, and none goes while two clocks disagree", async () => {
  const [store, other] = [stores[0]!, stores[1]!]
  const event = anEvent()
  const ingest = () =>
    store.events.ingest([event], { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null })
  expect(await ingest()).toMatchObject([{ status: "accepted" }])

  const jumped = startRetention(serverAt(store, { serverMs: 30 * dayMs, databaseMs: 0 }), { pauseMs: 10 })
  await eventually(() => said("clocks of server and database differ") > 1)
  await jumped.stop()
  expect(await ingest()).toMatchObject([{ status: "duplicate" }])

  const monthLater = { serverMs: 30 * dayMs, databaseMs: 30 * dayMs }
  const loops = [store, other].map((each) => startRetention(serverAt(each, monthLater), { pauseMs: 10 }))
  await eventually(() => said("dropped expired") > 0)
  await Promise.all(loops.map((loop) => loop.stop()))
  expect(said("dropped expired")).toBe(1)
})

test("what is past its lifetime goes from every table that the data inventory gives one, visitors and releases too", async () => {
  const url = await createTestDatabase()
  const store = await openTestStore(url)
  const client = postgres(url, { max: 1 })
  const visitor = anEvent({ identifiers: [{ type: "anonymousId", value: "browser" }] })
  await store.events.ingest([visitor], { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null })
  await store.releases.save({ id: newId(), artifacts: {}, manifest: {}, createdAt: Date.now() }, tester)
  await store.evaluations.save({ id: newId(), releaseId: null, createdAt: Date.now(), report: {} })
  await client`insert into items (id, item, updated_at, deleted_at) values ('gone', '{}', now(), now()), ('sold', '{}', now(), null)`
  await client`insert into supplies (key, held, updated_at) values ('stock:cup', 1, now())`
  await client`insert into supply_holds (decision_id, key, amount, expires_at) values (${newId()}, 'stock:cup', 1, now())`
  await client`insert into identifier_counterparts values (${newId()}, ${newId()}, 'email', now())`

  const yearsLater = { serverMs: 1000 * dayMs, databaseMs: 1000 * dayMs }
  const loop = startRetention(serverAt(store, yearsLater), { pauseMs: 60_000 })
  await eventually(() => said("erased expired visitors") === 1)
  await loop.stop()
  for (const table of [
    "profiles",
    "identifiers",
    "events",
    "releases",
    "evaluations",
    "supply_holds",
    "identifier_counterparts",
  ])
    expect(await client.unsafe(`select 1 from ${table}`), table).toEqual([])
  expect(await client`select id from items`).toEqual([{ id: "sold" }])
  expect(await client`select held from supplies`).toEqual([{ held: 0 }])
  await client.end()
  await store.close()
})
