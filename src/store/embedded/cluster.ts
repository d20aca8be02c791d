import { execFile, spawn } from "node:child_process"
import {
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import postgres from "postgres"
import { makeDataDirectory, type Place } from "./place.ts"
import { commandLineOf, isAlive } from "./process.ts"

const run = promisify(execFile)

// The environment's locale must not reach the cluster: its text is UTF-8 and its order that of code points, everywhere.
const environment = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }

export const isInitialized = ({ dataDirectory }: Place) => existsSync(join(dataDirectory, "PG_VERSION"))

/** Makes an empty UTF-8 cluster whose superuser `postgres` has the password; it appears whole or not at all. */
export async function initializeCluster({ initdb, dataDirectory, account }: Place, password: string): Promise<void> {
  const partial = `${dataDirectory}.partial`
  rmSync(partial, { recursive: true, force: true })
  makeDataDirectory(partial, account)
  const folder = mkdtempSync(join(tmpdir(), "beforehand-initdb-"))
  const passwordFile = join(folder, "password")
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (account) for (const path of [folder, passwordFile]) chownSync(path, account.uid, account.gid)
    const flags = [
      `--pgdata=${partial}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ]
    await run(initdb, flags, { ...account, cwd: "/", env: environment })
    renameSync(partial, dataDirectory)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface ClusterOptions {
  port: number
  logFile: string
  /** Trades durability for speed; only tests may. */
  volatile: boolean
}

const tuning = [
  "shared_buffers=128MB",
  "max_wal_size=2GB",
  // Segments kept for use again: a new one is zeroed and synced while commits wait.
  "min_wal_size=256MB",
  "checkpoint_timeout=15min",
  "max_connections=100",
  "jit=off",
]
const volatileSettings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]

/** The pid of the server that has the data directory, if one is alive; what a dead one left behind is removed. */
export function runningServer({ dataDirectory }: Place): number | undefined {
  const pidFile = join(dataDirectory, "postmaster.pid")
  if (!existsSync(pidFile)) return undefined
  const pid = Number.parseInt(readFileSync(pidFile, "utf8"), 10)
  if (Number.isInteger(pid) && isAlive(pid) && commandLineOf(pid)?.includes(dataDirectory) !== false) return pid
  rmSync(pidFile, { force: true })
  return undefined
}

/** Starts the server apart from this process, so that its death does not take the server along; resolves to its pid. */
export function spawnCluster({ postgres, dataDirectory, account }: Place, options: ClusterOptions): Promise<number> {
  const settings = [
    "listen_addresses=127.0.0.1",
    `port=${options.port}`,
    "unix_socket_directories=",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    ...tuning,
    ...(options.volatile ? volatileSettings : []),
  ]
  const log = openSync(options.logFile, "a", 0o600)
  const server = spawn(postgres, ["-D", dataDirectory, ...settings.flatMap((setting) => ["-c", setting])], {
    ...account,
    cwd: "/",
    env: environment,
    detached: true,
    stdio: ["ignore", log, log],
  })
  closeSync(log)
  server.unref()
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.once("spawn", () => resolve(server.pid!))
  })
}

/**
 * Waits until the server at `url`, whose process is `pid`, answers. False when the process ended first; throws when the server
 * is there but will not have us.
 */
export async function becomesReady(url: string, pid: number): Promise<boolean> {
  while (!(await answers(url))) {
    if (!isAlive(pid)) return false
    await sleep(50)
  }
  return true
}

async function answers(url: string): Promise<boolean> {
  const client = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {}, fetch_types: false })
  try {
    await client`select 1`
    return true
  } catch (error) {
    const refusedUs = String((error as { code?: string }).code).startsWith("28")
    if (refusedUs)
      throw new Error("the embedded PostgreSQL does not accept the data folder's password", { cause: error })
    return false
  } finally {
    await client.end({ timeout: 1 })
  }
}

/** Fast shutdown: sessions are ended, everything is on disk; resolves when the process is gone. */
export async function stopCluster(pid: number): Promise<void> {
  if (!isAlive(pid)) return
  process.kill(pid, "SIGINT")
  while (isAlive(pid)) await sleep(20)
}

/** A port of 127.0.0.1 that nobody listens on: the preferred one if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  const tryPort = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const probe = createServer()
      probe.once("error", reject)
      probe.listen(port, "127.0.0.1", () => {
        const { port: found } = probe.address() as { port: number }
        probe.close(() => resolve(found))
      })
    })
  return tryPort(preferred).catch(() => tryPort(0))
}
