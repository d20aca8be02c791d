import pino from "pino"
import { afterAll, beforeAll, expect, test } from "vitest"
import { parseConfig } from "../../src/config.ts"
import { newId } from "../../src/start/new-id.ts"
import type { Store } from "../../src/store/store.ts"
import { startRetention } from "../../src/work/retain.ts"
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
  await eventually(() => said("the clocks disagree") > 1)
  await jumped.stop()
  expect(await ingest()).toMatchObject([{ status: "duplicate" }])

  const monthLater = { serverMs: 30 * dayMs, databaseMs: 30 * dayMs }
  const loops = [store, other].map((each) => startRetention(serverAt(each, monthLater), { pauseMs: 10 }))
  await eventually(() => said("past their lifetime") > 0)
  await Promise.all(loops.map((loop) => loop.stop()))
  expect(said("past their lifetime")).toBe(1)
})
