import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort } from "../../src/store/embedded/cluster.ts"

export type PoolMode = "session" | "transaction"

export interface Pooler {
  /** Returns the URL that leads to the same database through the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

/** Starts a real PgBouncer (`PGBOUNCER`, or that of the path) before the server of an administrator's URL. */
export async function startPooler(administratorUrl: string, mode: PoolMode): Promise<Pooler> {
  const { username, password, hostname, port: serverPort } = new URL(administratorUrl)
  const folder = mkdtempSync(join(tmpdir(), "beforehand-pooler-"))
  chmodSync(folder, 0o755)
  const [users, settings, port] = [join(folder, "users"), join(folder, "pgbouncer.ini"), await freePort()]
  writeFileSync(users, `"${username}" "${password}"\n`)
  writeFileSync(
    settings,
    [
      "[databases]",
      `* = host=${hostname} port=${serverPort} auth_user=${username}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = scram-sha-256",
      `auth_file = ${users}`,
      `pool_mode = ${mode}`,
      // Fewer than the connections of a store, where the mode lets them share.
      `default_pool_size = ${mode === "transaction" ? 4 : 40}`,
      "max_client_conn = 500",
      "server_idle_timeout = 2",
      "log_connections = 0",
      "log_disconnections = 0",
    ].join("\n"),
  )
  const account = process.getuid?.() === 0 ? ["-u", "nobody"] : []
  const child = spawn(process.env.PGBOUNCER ?? "pgbouncer", [...account, settings], { stdio: "ignore" })
  const exited = once(child, "exit")
  exited.catch(() => {})
  await Promise.race([
    listens(port),
    exited.then(([code]) => Promise.reject(new Error(`PgBouncer ended with ${code}`))),
  ])
  return {
    through(url) {
      const pooled = new URL(url)
      pooled.port = String(port)
      return pooled.href
    },
    async stop() {
      child.kill("SIGINT")
      await Promise.race([exited, sleep(3000)])
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL")
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1")
    try {
      await once(socket, "connect")
      return
    } catch {
      await sleep(50)
    } finally {
      socket.destroy()
    }
  }
}
