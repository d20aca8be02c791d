import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"
import postgres from "postgres"
import {
  becomesReady,
  freePort,
  initializeCluster,
  isInitialized,
  runningServer,
  spawnCluster,
  stopCluster,
} from "./cluster.ts"
import { assertSameMajor, makeDataFolder } from "./data-folder.ts"
import { withLockFile } from "./lock.ts"
import { type Place, placeCluster } from "./place.ts"
import { isAlive, isStillAlive, thisProcess } from "./process.ts"
import { type EmbeddedRecord, newRecord, readRecord, writeRecord } from "./record.ts"

export interface EmbeddedOptions {
  dataDir: string
  /** Trades durability for speed; only tests may. */
  volatile: boolean
  log: Logger
}

export interface EmbeddedServer {
  url: string
  /** True if this process is the one that stops it. */
  isOwner(): boolean
  /** Starts it again whenever it dies, until `stop`. */
  supervise(): void
  /** Ends supervision and, by the owner only, the server: a fast shutdown. */
  stop(): Promise<void>
}

interface Attachment {
  record: EmbeddedRecord
  pid: number
  owned: boolean
}

/** The data folder's PostgreSQL: attaches to a running one, or starts it; of processes that come together one does. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { dataDir, log } = options
  makeDataFolder(dataDir)
  let attachment = await attachOrStart(options)
  let timer: NodeJS.Timeout | undefined
  let restarting: Promise<void> | undefined
  let stopped = false

  const restart = async () => {
    log.error("the embedded PostgreSQL ended unexpectedly; restarting it")
    const { url } = attachment.record
    attachment = await attachOrStart(options)
    if (attachment.record.url === url) log.info("restarted the embedded PostgreSQL")
    else log.error("restarted the embedded PostgreSQL on another port; restart the service")
  }
  const watch = () => {
    if (restarting || isAlive(attachment.pid)) return
    restarting = restart()
      .catch((error) => log.error(error, "failed to start the embedded PostgreSQL; will retry"))
      .finally(() => {
        restarting = undefined
      })
  }
  const stop = async () => {
    if (stopped) return
    stopped = true
    clearInterval(timer)
    await restarting
    unregister()
    if (!attachment.owned) return
    await withLockFile(lockIn(dataDir), () => stopCluster(attachment.pid))
  }
  const unregister = stopWithProcess(stop, () => attachment.owned && !stopped && process.kill(attachment.pid, "SIGINT"))

  return {
    url: attachment.record.url,
    isOwner: () => attachment.owned,
    supervise() {
      timer ??= setInterval(watch, 500).unref()
    },
    stop,
  }
}

const maxStarts = 10

const lockIn = (dataDir: string) => join(dataDir, "postgres.lock")

function attachOrStart(options: EmbeddedOptions): Promise<Attachment> {
  return withLockFile(lockIn(options.dataDir), async () => {
    const record = readRecord(options.dataDir) ?? writeRecord(options.dataDir, newRecord())
    const place = await placeCluster(options.dataDir, record.clusterId)
    if (place.moved)
      options.log.info(
        { folder: place.dataDirectory },
        "the account postgres cannot reach the data folder, so the embedded database lives elsewhere",
      )
    const pid = runningServer(place)
    return pid === undefined ? start(place, record, options) : attach(pid, place, record, options)
  })
}

async function attach(
  pid: number,
  place: Place,
  record: EmbeddedRecord,
  options: EmbeddedOptions,
): Promise<Attachment> {
  const goneMeanwhile = !(await becomesReady(administratorUrl(record), pid))
  if (goneMeanwhile) return start(place, record, options)
  await ensureDatabase(record)
  if (record.owner && isStillAlive(record.owner)) return { record, pid, owned: record.owner.pid === process.pid }
  options.log.info({ serverPid: pid }, "attached to the running embedded PostgreSQL of a process that had ended")
  return { record: writeRecord(options.dataDir, { ...record, owner: thisProcess() }), pid, owned: true }
}

async function start(
  place: Place,
  before: EmbeddedRecord,
  { dataDir, volatile, log }: EmbeddedOptions,
): Promise<Attachment> {
  if (!isInitialized(place)) {
    log.info({ folder: place.dataDirectory }, "creating the embedded PostgreSQL cluster")
    await initializeCluster(place, before.password)
  }
  await assertSameMajor(place)
  const logFile = join(dataDir, "postgres.log")
  // What a killed server leaves behind may hold its memory and port for a moment; whoever is connected counts on the port.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(before.port)
    const mayFreeItself = before.port !== 0 && port !== before.port && attempt < maxStarts
    if (mayFreeItself) {
      await sleep(500)
      continue
    }
    const record = writeRecord(dataDir, { ...before, port, owner: thisProcess() })
    const pid = await spawnCluster(place, { port, logFile, volatile })
    if (await becomesReady(administratorUrl(record), pid)) {
      await ensureDatabase(record)
      return { record, pid, owned: true }
    }
    if (attempt === maxStarts)
      throw new Error(`the embedded PostgreSQL stopped while starting:\n${readFileSync(logFile, "utf8").slice(-2000)}`)
    await sleep(500)
  }
}

function administratorUrl({ url }: EmbeddedRecord): string {
  const administrator = new URL(url)
  administrator.pathname = "/postgres"
  return administrator.href
}

async function ensureDatabase(record: EmbeddedRecord): Promise<void> {
  const client = postgres(administratorUrl(record), { max: 1, onnotice: () => {} })
  try {
    const [existing] = await client`select from pg_database where datname = 'beforehand'`
    if (!existing) await client`create database beforehand`
  } finally {
    await client.end()
  }
}

/** The process takes its server along however it ends, short of `kill -9`; a program with its own signal handlers stops it itself. */
function stopWithProcess(stop: () => Promise<void>, stopNow: () => unknown): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return
    void stop().finally(() => process.exit(signal === "SIGINT" ? 130 : 143))
  }
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("exit", stopNow)
  return () => {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("exit", stopNow)
  }
}
