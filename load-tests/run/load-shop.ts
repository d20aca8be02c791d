import { availableParallelism } from "node:os"
import { pipeline } from "node:stream/promises"
import postgres from "postgres"
import { loadDataset } from "../../models/data/dataset.ts"
import { systemActor } from "../../src/core/access/actor.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import type { Services } from "../../src/services.ts"
import { derivedId } from "../../src/store/customers/derived-id.ts"
import { saveRelease } from "../../src/store/releases/save-release.ts"
import { fitMadeReleases } from "./fit-made-releases.ts"
import { madeEvents, madeItems, madeOffers } from "./made-shop.ts"

export interface ShopSize {
  customers: number
  items: number
}

export interface LoadedShop extends ShopSize {
  /** The live release, and another that may be promoted. */
  releaseIds: [string, string]
  events: number
}

const rowsPerWrite = 1000
const actor = systemActor("load test")

/**
 * Fills an empty database: items and offers through their stores, customers by `copy` into the tables that ingest writes, with
 * histories by the one fold, then two releases fitted on all of it, of which the first goes live.
 */
export async function loadShop(
  { store, clock, newId }: Services,
  databaseUrl: string,
  { customers, items }: ShopSize,
  say: (line: string) => void,
): Promise<LoadedShop> {
  const endMs = clock()
  const catalogue = madeItems(items)
  await store.items.upsert(catalogue, actor)
  await store.offers.upsert(madeOffers(items), actor)
  say(`${items} items`)
  const secret = await store.settings.secret()
  const events = await copyCustomers(databaseUrl, secret, { customers, items }, endMs)
  say(`${customers} customers, ${events} events`)
  const past = { dataset: await loadDataset(store.events.readAll(endMs)), catalogue, untilMs: endMs }
  const releases = await fitMadeReleases(past, [1, 2], { threads: availableParallelism(), say })
  const releaseIds = []
  for (const { seed, contents } of releases) {
    const manifest = { codeVersion: "load", seed, trainedUntil: endMs, note: "fitted for load tests, not measured" }
    releaseIds.push(await saveRelease(store.releases, contents, { manifest, newId, at: clock(), actor }))
  }
  await store.releases.promote(releaseIds[0]!, { at: clock(), forced: true, actor })
  return { customers, items, events, releaseIds: [releaseIds[0]!, releaseIds[1]!] }
}

async function copyCustomers(
  databaseUrl: string,
  secret: Uint8Array,
  { customers, items }: ShopSize,
  endMs: number,
): Promise<number> {
  const client = postgres(databaseUrl, { max: 4, onnotice: () => {} })
  let events = 0
  try {
    for (let first = 1; first <= customers; first += rowsPerWrite) {
      const rows = { profiles: "", identifiers: "", events: "", messages: "" }
      const received = new Date(endMs).toISOString()
      for (let number = first; number < Math.min(first + rowsPerWrite, customers + 1); number++) {
        const done = madeEvents(number, items, endMs)
        const history = fold(emptyHistory, done)
        events += done.length
        const userId = `u-${number}`
        const id = derivedId(secret, { type: "userId", value: userId })
        const created = new Date(done[0]!.at).toISOString()
        const consents = number % 2 === 0 ? { marketing: { granted: true, at: created, source: "made" } } : {}
        rows.profiles += line(id, JSON.stringify(history), history.stage, JSON.stringify(consents), created, received)
        rows.identifiers += line("userId", userId, id, created)
        for (const { messageId, at, name, lines } of done) {
          rows.events += line(id, new Date(at).toISOString(), messageId, name, JSON.stringify(lines), "{}", received)
          rows.messages += line(messageId, received)
        }
      }
      await Promise.all(
        Object.entries(columns).map(async ([table, names]) => {
          const copy = client`copy ${client(table)} (${client(names)}) from stdin`
          await pipeline([Buffer.from(rows[table as keyof typeof rows])], await copy.writable())
        }),
      )
    }
    await client.unsafe("vacuum analyze")
    await client.unsafe("checkpoint")
  } finally {
    await client.end()
  }
  return events
}

const columns = {
  profiles: ["customer_id", "history", "stage", "consents", "created_at", "updated_at"],
  identifiers: ["type", "value", "customer_id", "attached_at"],
  events: ["customer_id", "at", "message_id", "name", "lines", "properties", "received_at"],
  messages: ["message_id", "received_at"],
}

const line = (...values: string[]): string => `${values.map((value) => value.replaceAll("\\", "\\\\")).join("\t")}\n`
