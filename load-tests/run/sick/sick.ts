import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { cpus, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pino from "pino"
import { parseConfig } from "../../../src/config.ts"
import { openServices } from "../../../src/start/open-services.ts"
import { breakDatabase } from "../../../test/support/breakable-database.ts"
import { itemList } from "../../routes.ts"
import { closeOnExit } from "../close-on-exit.ts"
import { loadShop } from "../load-shop.ts"
import { startBalancer } from "./balancer.ts"
import { countLosses } from "./count-losses.ts"
import { faults } from "./faults/faults.ts"
import { diskFull } from "./faults/server-faults.ts"
import { worst } from "./judge.ts"
import { help, type Options, parseOptions } from "./options.ts"
import { prepareReplica } from "./replica.ts"
import { openReplicatedDatabase } from "./replicated-database.ts"
import { jsonLine, tableOf } from "./report.ts"
import { restartInTurn } from "./restart-in-turn.ts"
import { type FaultRun, figuresByFault, runFault } from "./run-fault.ts"
import { scrapeCompleteness } from "./scrape-completeness.ts"
import { mountSmallDisk, unmount } from "./small-disk.ts"
import { startLoad } from "./start-load.ts"

const say = (line: string) => void process.stderr.write(`${line}\n`)
const log = pino({ level: "error" }, pino.destination(2))
const newKey = () => randomBytes(24).toString("base64url")
const warmUpMs = 8000
const acknowledgeWithinMs = 60_000
const betweenMs = 2000
const diskMegabytes = 1200

/** Gives a cluster a disk of its own that can be filled, where that is allowed. */
function mountDisk(path: string, closing: (() => unknown)[]): boolean {
  mkdirSync(path)
  const isMounted = mountSmallDisk(path, diskMegabytes)
  if (isMounted) closing.push(() => unmount(path))
  return isMounted
}

async function measure(options: Options, closing: (() => unknown)[]): Promise<string> {
  const { rounds, seconds, rate, customers, items } = options
  const folder = mkdtempSync(join(tmpdir(), "beforehand-sick-"))
  chmodSync(folder, 0o755)
  if (options.keep) say(`logs in ${folder}`)
  else closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const folders: [string, string] = [join(folder, "first"), join(folder, "second")]
  const disks = folders.map((path) => mountDisk(path, closing))
  const database = await openReplicatedDatabase(folders)
  closing.push(database.stop)
  const network = await breakDatabase(database.urlAt(database.primary()))
  closing.push(network.close)
  const { services, close } = await openServices(
    parseConfig({ DATABASE_URL: database.urlAt(database.primary()), LOG_LEVEL: "error" }),
    log,
  )
  await loadShop(services, database.adminUrl(), { customers, items }, say).finally(close)

  const keys = { read: newKey(), ingest: newKey() }
  const settings = {
    DATABASE_URL: network.url,
    DEMO: "off",
    REQUESTS_PER_SECOND: "0",
    READ_KEY: keys.read,
    INGEST_KEY: keys.ingest,
    ADMIN_KEY: newKey(),
  }
  const replicas = []
  for (const name of ["replica-1", "replica-2"]) {
    const replica = await prepareReplica({ settings, logFile: join(folder, `${name}.log`) })
    closing.push(replica.stop)
    await replica.start()
    replicas.push(replica)
  }
  const balancer = await startBalancer(replicas.map(({ url }) => url))
  closing.push(balancer.close)
  const listed = await fetch(balancer.url + itemList.path, { headers: { authorization: `Bearer ${keys.read}` } })
  const load = startLoad({ url: balancer.url, keys, rate, customers, itemIds: itemList.ids(await listed.json()) })
  closing.push(() => load.stop(0))
  await sleep(warmUpMs)

  const runs: FaultRun[] = []
  const world = { database, network, replicas }
  const possible = faults.filter(({ name }) => name !== diskFull.name || disks.every(Boolean))
  if (possible.length < faults.length) say(`${diskFull.name}: not measured, as only root may mount a disk to fill`)
  for (let round = 0; round < rounds; round++)
    for (const fault of possible.filter(({ name }) => options.only.includes(name))) {
      await sleep(betweenMs)
      runs.push(await runFault(fault, round, { world, load, seconds, say }))
    }

  const drainLost = options.only.includes("drain")
    ? await restartInTurn({ replicas, balancer, load, restarts: options.restarts, say })
    : null
  await load.stop(acknowledgeWithinMs)
  const scrapeComplete = options.only.includes("scrape") ? await scrapeOfSeveral(settings, folder, closing) : null
  if (load.waiting() > 0) say(`${load.waiting()} messages were never acknowledged`)
  const losses = await countLosses(database.urlAt(database.primary()), load.acknowledged)
  for (const line of losses.details) say(line)
  const { events, decisions } = load.acknowledged
  say(`${events.size} events and ${decisions.size} decisions acknowledged, ${load.answers.length} requests`)
  const byFault = figuresByFault(
    runs,
    losses.lostIds.map((id) => (events.get(id) ?? decisions.get(id))!),
  )
  const all = Object.values(byFault)
  for (const line of tableOf(byFault)) say(line)
  const others = { drainLost, scrapeComplete, alertsRight: null, rollover: null }
  for (const [name, value] of Object.entries(others)) say(`${name}: ${value ?? "not measured"}`)
  return jsonLine({
    questions5xx: worst(all.map(({ questions5xx }) => questions5xx)),
    lost: losses.lost,
    doubled: losses.doubled,
    recoverSeconds: worst(all.map(({ recoverSeconds }) => recoverSeconds)),
    silentSeconds: worst(all.flatMap(({ silentSeconds }) => (silentSeconds === undefined ? [] : [silentSeconds]))),
    ...others,
    faults: byFault,
  })
}

/** Starts the service with four processes on one port and scrapes it once. */
async function scrapeOfSeveral(
  settings: Readonly<Record<string, string>> & { READ_KEY: string },
  folder: string,
  closing: (() => unknown)[],
): Promise<number> {
  const logFile = join(folder, "several.log")
  const several = await prepareReplica({ settings: { ...settings, PROCESSES: "4" }, logFile })
  closing.push(several.stop)
  await several.start()
  return scrapeCompleteness(several, settings.READ_KEY)
}

const options = parseOptions(process.argv.slice(2))
if (options === "help") process.stdout.write(`${help}\n`)
else {
  say(
    `${cpus()[0]?.model}, ${cpus().length} cores for everything, load ${loadavg()[0]!.toFixed(1)}; Node ${process.version}; ` +
      `${options.rate} requests a second, faults of ${options.seconds} s, ${options.rounds} rounds`,
  )
  const { closing, close } = closeOnExit()
  try {
    const line = await measure(options, closing)
    process.stdout.write(`${line}\n`)
  } finally {
    await close()
  }
}
