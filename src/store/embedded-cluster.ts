import { execFile, spawn } from "node:child_process"
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import postgres from "postgres"
import type { Place } from "./embedded-place.ts"

const run = promisify(execFile)

// The environment's locale must not reach the cluster: its text is UTF-8 and its order that of code points, everywhere.
const environment = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }

/** Makes an empty UTF-8 cluster whose superuser `postgres` has the password. */
export async function initializeCluster({ initdb, dataDirectory, account }: Place, password: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-initdb-"))
  const passwordFile = join(folder, "password")
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (account) for (const path of [folder, passwordFile]) chownSync(path, account.uid, account.gid)
    const flags = [
      `--pgdata=${dataDirectory}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ]
    await run(initdb, flags, { ...account, cwd: "/", env: environment })
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

const tuning = ["shared_buffers=128MB", "max_wal_size=2GB", "checkpoint_timeout=15min", "max_connections=100", "jit=off"]
const volatileSettings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]

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

/** Waits until the server at `url` answers; throws with the end of its log when its process ends first. */
export async function waitUntilReady(url: string, pid: number, logFile: string): Promise<void> {
  while (!(await answers(url))) {
    if (!isAlive(pid))
      throw new Error(`the embedded PostgreSQL stopped while starting:\n${readFileSync(logFile, "utf8").slice(-2000)}`)
    await sleep(50)
  }
}

/** Whether a server at `url` accepts our password and answers. */
export async function answers(url: string): Promise<boolean> {
  const client = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {}, fetch_types: false })
  try {
    await client`select 1`
    return true
  } catch {
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

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
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
