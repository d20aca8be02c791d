import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pino from "pino"
import postgres from "postgres"
import { parseConfig } from "../../src/config.ts"
import { openServices } from "../../src/start/open-services.ts"
import { type EmbeddedServer, openEmbedded } from "../../src/store/embedded/embedded.ts"
import { type LoadedShop, loadShop, type ShopSize } from "./load-shop.ts"
import { parentOf } from "./processes.ts"
import { type Service, startService } from "./service.ts"

export interface OpenShop {
  shop: LoadedShop
  service: Service
  pids: { server: number; postgres: number }
  /** The release that is not live. */
  otherReleaseId(): Promise<string>
  /** PostgreSQL's settings that decide what survives a crash, and its version. */
  durability: string
}

interface ShopOptions extends ShopSize {
  /** Folder in which the loaded shop stays for other runs; without it all is removed. */
  keep: string | undefined
  say: (line: string) => void
  /** A folder for what the server spends its time on. */
  profile?: string | undefined
  /** Gets what ends all this, in the order it began. */
  closing: (() => unknown)[]
}

const log = pino({ level: "error" }, pino.destination(2))
const shopFile = "shop.json"
const stalledAfterMs = 8000

/** A service on an embedded PostgreSQL that survives crashes, with a made shop of this size loaded or kept from before. */
export async function openShop({ keep, say, profile, closing, ...size }: ShopOptions): Promise<OpenShop> {
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), "beforehand-load-")) : resolve(keep)
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  if (keep === undefined) closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const dataDir = join(folder, "data")
  const embedded = await openEmbedded({ dataDir, volatile: false, log })
  closing.push(embedded.stop)
  const shop = await keptOrLoaded(folder, embedded, size, say)
  const client = postgres(embedded.url, { max: 1, onnotice: () => {} })
  closing.push(() => client.end())
  const [backend] = await client<{ pid: number }[]>`select pg_backend_pid() as pid`
  const service = await startService(
    [...(profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]), "load-tests/run/serve.ts"],
    { DATA_DIR: dataDir, DEMO: "off", REQUESTS_PER_SECOND: "0" },
    { readyWithinMs: 120_000, logFile: join(folder, "server.log") },
  )
  closing.push(service.stop)
  await vectorsFollow(client, say)
  return {
    shop,
    service,
    pids: { server: service.pid, postgres: parentOf(backend!.pid) },
    async otherReleaseId() {
      const [live] = await client<{ id: string }[]>`
        select release_id as id from promotions order by sequence desc limit 1`
      return shop.releaseIds.find((id) => id !== live!.id)!
    },
    durability: await durabilityOf(client),
  }
}

async function keptOrLoaded(folder: string, { url }: EmbeddedServer, size: ShopSize, say: (line: string) => void) {
  const file = join(folder, shopFile)
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, "utf8")) as LoadedShop
    if (kept.customers === size.customers && kept.items === size.items) return kept
    throw new Error(
      `${folder} keeps a shop of ${kept.customers} customers and ${kept.items} items; name another folder`,
    )
  }
  const begun = performance.now()
  const { services, close } = await openServices(parseConfig({ DATABASE_URL: url, LOG_LEVEL: "error" }), log)
  try {
    const shop = await loadShop(services, url, size, say)
    writeFileSync(file, JSON.stringify(shop))
    say(`loaded in ${Math.round((performance.now() - begun) / 1000)} s`)
    return shop
  } finally {
    await close()
  }
}

/** Waits until every stored vector is of the live release, then tidies up, so that a run begins at rest. */
async function vectorsFollow(client: postgres.Sql, say: (line: string) => void): Promise<void> {
  let stale = Number.POSITIVE_INFINITY
  while (stale > 0) {
    const [row] = await client<{ stale: number }[]>`
      select count(*)::int as stale from profiles
      where vector_release is distinct from (select release_id from promotions order by sequence desc limit 1)`
    if (row!.stale >= stale) throw new Error("the server folds no vectors; its log says why")
    stale = row!.stale
    if (stale > 0) say(`${stale} vectors to fold`)
    if (stale > 0) await sleep(stalledAfterMs)
  }
  await client.unsafe("vacuum analyze")
  await client.unsafe("checkpoint")
}

async function durabilityOf(client: postgres.Sql): Promise<string> {
  const names = ["fsync", "full_page_writes", "synchronous_commit", "shared_buffers", "server_version"]
  const rows = await client<{ name: string; value: string }[]>`
    select name, current_setting(name) as value from unnest(${names}::text[]) as name`
  return rows.map(({ name, value }) => `${name} ${value}`).join(", ")
}
