import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { openSync } from "node:fs"
import { createServer } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

export interface Service {
  baseUrl: string
  pid: number
  keys: Record<"READ_KEY" | "INGEST_KEY" | "ADMIN_KEY", string>
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, "close")
  return port
}

/** Asks a process to end and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, "exit")
  child.kill("SIGTERM")
  await exited
}

/** Polls an address until it answers 200; throws when the process ends first or it takes too long. */
export async function becomesReady(url: string, child: ChildProcess, withinMs: number): Promise<void> {
  const isReady = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
  const giveUpAt = performance.now() + withinMs
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() > giveUpAt) throw new Error(`${url} did not become ready`)
    await sleep(200)
  }
}

const newKey = () => randomBytes(24).toString("base64url")

/** Starts a program that serves the API as a process of its own, with keys of its own, logging to a file or to ours. */
export async function startService(
  program: readonly string[],
  settings: Record<string, string>,
  { readyWithinMs, logFile }: { readyWithinMs: number; logFile?: string },
): Promise<Service> {
  const port = await freePort()
  const keys = { READ_KEY: newKey(), INGEST_KEY: newKey(), ADMIN_KEY: newKey() }
  const { DATABASE_URL: _, ...environment } = process.env
  const env = { ...environment, ...keys, PORT: String(port), HOST: "127.0.0.1", ...settings }
  const log = logFile === undefined ? "inherit" : openSync(logFile, "a")
  const child = spawn(process.execPath, ["--import", "tsx", ...program], { env, stdio: ["ignore", "ignore", log] })
  const baseUrl = `http://127.0.0.1:${port}`
  const killWithUs = () => child.kill()
  process.once("exit", killWithUs)
  const stop = async () => {
    process.off("exit", killWithUs)
    await end(child)
  }
  try {
    await becomesReady(`${baseUrl}/ready`, child, readyWithinMs)
  } catch (error) {
    await stop()
    throw error
  }
  return { baseUrl, pid: child.pid!, keys, stop }
}
