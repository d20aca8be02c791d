import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pino from "pino"
import { parseConfig } from "../../../src/config.ts"
import { openServices } from "../../../src/start/open-services.ts"
import { breakDatabase } from "../../../test/support/breakable-database.ts"
import { itemList } from "../../routes.ts"
import { loadShop, type ShopSize } from "../load-shop.ts"
import { type Balancer, startBalancer } from "./balancer.ts"
import type { FaultyWorld } from "./faults/fault.ts"
import { prepareReplica, type Replica } from "./replica.ts"
import { openReplicatedDatabase } from "./replicated-database.ts"
import { mountSmallDisk, unmount } from "./small-disk.ts"
import { type Load, startLoad } from "./start-load.ts"

export interface FaultyService {
  world: FaultyWorld
  balancer: Balancer
  load: Load
  /** True if the databases stand on disks of their own, which can be filled. */
  canFillDisks: boolean
  /** Prepares another service on the same database; the further settings are its own. */
  another(name: string, settings: Readonly<Record<string, string>>): Promise<Replica>
  readKey: string
}

export interface FaultyServiceOptions extends ShopSize {
  /** Requests a second. */
  rate: number
  /** True if the folder with the logs stays. */
  keep: boolean
  say: (line: string) => void
  /** Gets what ends all this, in the order it began. */
  closing: (() => unknown)[]
}

const log = pino({ level: "error" }, pino.destination(2))
const newKey = () => randomBytes(24).toString("base64url")
const diskMegabytes = 1200
const warmUpMs = 8000

/** Starts a database with its standby, a made shop, two replicas of the service behind a balancer, and the load on it. */
export async function openFaultyService(options: FaultyServiceOptions): Promise<FaultyService> {
  const { customers, items, rate, keep, say, closing } = options
  const folder = mkdtempSync(join(tmpdir(), "beforehand-sick-"))
  chmodSync(folder, 0o755)
  if (keep) say(`logs in ${folder}`)
  else closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const folders: [string, string] = [join(folder, "first"), join(folder, "second")]
  const disks = folders.map((path) => mountDisk(path, closing))
  const database = await openReplicatedDatabase(folders)
  closing.push(database.stop)
  const directUrl = database.urlAt(database.primary())
  const network = await breakDatabase(directUrl)
  closing.push(network.close)
  const { services, close } = await openServices(parseConfig({ DATABASE_URL: directUrl, LOG_LEVEL: "error" }), log)
  await loadShop(services, database.adminUrl(), { customers, items }, say).finally(close)

  const keys = { read: newKey(), ingest: newKey() }
  const settings = {
    DATABASE_URL: network.url,
    DEMO: "off",
    REQUESTS_PER_SECOND: "0",
    // The balancer asks each second.
    DRAIN_DELAY: "2",
    READ_KEY: keys.read,
    INGEST_KEY: keys.ingest,
    ADMIN_KEY: newKey(),
  }
  const another: FaultyService["another"] = async (name, further) => {
    const replica = await prepareReplica({
      settings: { ...settings, ...further },
      logFile: join(folder, `${name}.log`),
    })
    closing.push(replica.stop)
    return replica
  }
  const replicas = [await another("replica-1", {}), await another("replica-2", {})]
  for (const replica of replicas) await replica.start()
  const balancer = await startBalancer(replicas.map(({ url }) => url))
  closing.push(balancer.close)
  const listed = await fetch(balancer.url + itemList.path, { headers: { authorization: `Bearer ${keys.read}` } })
  const load = startLoad({ url: balancer.url, keys, rate, customers, itemIds: itemList.ids(await listed.json()) })
  closing.push(() => load.stop(0))
  await sleep(warmUpMs)
  const world = { database, network, replicas }
  return { world, balancer, load, canFillDisks: disks.every(Boolean), another, readKey: keys.read }
}

/** Gives a cluster a disk of its own, where that is allowed. */
function mountDisk(path: string, closing: (() => unknown)[]): boolean {
  mkdirSync(path)
  const isMounted = mountSmallDisk(path, diskMegabytes)
  if (isMounted) closing.push(() => unmount(path))
  return isMounted
}
