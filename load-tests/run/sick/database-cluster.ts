import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import postgres from "postgres"
import { becomesReady, freePort, initializeCluster } from "../../../src/store/embedded/cluster.ts"
import { type Place, placeCluster } from "../../../src/store/embedded/place.ts"
import { isAlive } from "../../../src/store/embedded/process.ts"
import { childrenOf } from "../processes.ts"

type Settings = Readonly<Record<string, string>>

/** One PostgreSQL of its own in a folder of its own, which can be stopped, crashed and started again at the same address. */
export interface DatabaseCluster {
  /** The folder on whose file system the data are. */
  folder: string
  place: Place
  port: number
  /** The superuser's address of the database `postgres`. */
  adminUrl: string
  /** Starts it with these settings in place of those of the start before, and waits until it answers. */
  start(settings?: Settings): Promise<void>
  /** Replaces the settings of a running server. */
  configure(settings: Settings): void
  /** Runs statements as the superuser on a connection of their own. */
  administer<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T>
  /** Ends it as an operator does: sessions are cut, everything is on disk. */
  stop(): Promise<void>
  /** Kills all of its processes at once, as a power cut does. */
  crash(): Promise<void>
  isRunning(): boolean
  /** The process ids of the server's children whose title contains the text. */
  processes(title: string): number[]
}

const locale = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }

/** Small enough for a disk in memory; a standby comes back at once rather than after five seconds. */
const fixedSettings: Settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  timezone: "UTC",
  lc_messages: "C",
  jit: "off",
  shared_buffers: "64MB",
  max_connections: "100",
  min_wal_size: "128MB",
  max_wal_size: "256MB",
  wal_keep_size: "192MB",
  wal_retrieve_retry_interval: "500ms",
}

interface ClusterOptions {
  folder: string
  name: string
  /** The superuser's password; a standby has its primary's. */
  password?: string
}

/** Chooses a place and a port for a cluster; its data folder is empty until it is initialized or copied. */
export async function placeDatabase({ folder, name, password }: Required<ClusterOptions>): Promise<DatabaseCluster> {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  const place = await placeCluster(folder, name)
  const port = await freePort()
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  // Beside the folder, which may be a disk that is filled and taken away.
  const logFile = `${folder}.log`
  let server: ChildProcess | undefined
  let exited: Promise<unknown> = Promise.resolve()
  const isRunning = () => server !== undefined && server.exitCode === null && server.signalCode === null
  const write = (settings: Settings) => {
    const path = join(place.dataDirectory, "postgresql.auto.conf")
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
    writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 })
    if (place.account) chownSync(path, place.account.uid, place.account.gid)
  }
  return {
    folder,
    place,
    port,
    adminUrl,
    isRunning,
    async start(settings = {}) {
      write(settings)
      const log = openSync(logFile, "a", 0o600)
      const flags = Object.entries({ ...fixedSettings, port: String(port) }).flatMap(([name, value]) => [
        "-c",
        `${name}=${value}`,
      ])
      server = spawn(place.postgres, ["-D", place.dataDirectory, ...flags], {
        ...place.account,
        cwd: "/",
        env: locale,
        detached: true,
        stdio: ["ignore", log, log],
      })
      closeSync(log)
      exited = once(server, "exit")
      await once(server, "spawn")
      if (!(await becomesReady(adminUrl, server.pid!)))
        throw new Error(`PostgreSQL ended while it started:\n${readFileSync(logFile, "utf8").slice(-2000)}`)
    },
    configure(settings) {
      write(settings)
      server!.kill("SIGHUP")
    },
    async administer(work) {
      const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, connect_timeout: 5 })
      try {
        return await work(sql)
      } finally {
        await sql.end({ timeout: 1 })
      }
    },
    async stop() {
      if (!isRunning()) return
      server!.kill("SIGINT")
      await exited
    },
    async crash() {
      if (!isRunning()) return
      const children = childrenOf(server!.pid!)
      server!.kill("SIGKILL")
      for (const { pid } of children) killIfThere(pid)
      await exited
      while (children.some(({ pid }) => isAlive(pid))) await sleep(10)
    },
    processes: (title) =>
      childrenOf(server!.pid!).flatMap(({ pid, command }) => (command.includes(title) ? [pid] : [])),
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

/** Makes an empty cluster in a folder; it is not started. */
export async function makeCluster({ folder, name, password }: ClusterOptions): Promise<DatabaseCluster> {
  const chosen = password ?? randomBytes(16).toString("hex")
  const cluster = await placeDatabase({ folder, name, password: chosen })
  await initializeCluster(cluster.place, chosen)
  return cluster
}
