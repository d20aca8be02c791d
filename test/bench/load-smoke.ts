import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** Runs k6 on a server of its own with the demo shop, or on the one at BASE_URL (with READ_KEY and INGEST_KEY). */
const readyWithinMs = 15 * 60_000

interface Target {
  baseUrl: string
  keys: { READ_KEY: string; INGEST_KEY: string }
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, "close")
  return port
}

async function isReady(baseUrl: string): Promise<boolean> {
  return fetch(`${baseUrl}/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill("SIGTERM")
  await once(child, "exit")
}

async function startServer(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-smoke-"))
  chmodSync(folder, 0o755)
  const port = await freePort()
  const keys = { READ_KEY: `read-${folder}-0000000000`, INGEST_KEY: `ingest-${folder}-0000000000` }
  const { DATABASE_URL: _, ...environment } = process.env
  const env = {
    ...environment,
    ...keys,
    PORT: String(port),
    HOST: "127.0.0.1",
    DATA_DIR: folder,
    DEMO: "on",
    LOG_LEVEL: "warn",
  }
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", "start"], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  })
  const stop = async () => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  const baseUrl = `http://127.0.0.1:${port}`
  const giveUpAt = performance.now() + readyWithinMs
  while (!(await isReady(baseUrl))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      await stop()
      throw new Error("the server did not become ready")
    }
    await sleep(200)
  }
  return { baseUrl, keys, stop }
}

function reuseServer(baseUrl: string): Target {
  const { READ_KEY, INGEST_KEY } = process.env
  if (!READ_KEY || !INGEST_KEY) throw new Error("with BASE_URL, give READ_KEY and INGEST_KEY of that server too")
  return { baseUrl, keys: { READ_KEY, INGEST_KEY }, stop: async () => {} }
}

/** The k6 on the path, or where `go install` puts it. */
function k6Path(): string {
  const installed = join(process.env.GOPATH ?? join(homedir(), "go"), "bin", "k6")
  return existsSync(installed) ? installed : "k6"
}

async function runK6({ baseUrl, keys }: Target, summaryFile: string): Promise<number> {
  const env = { ...process.env, ...keys, BASE_URL: baseUrl, SUMMARY_FILE: summaryFile }
  const k6 = spawn(k6Path(), ["run", "--quiet", "load-tests/smoke.ts"], { env, stdio: ["ignore", 2, "inherit"] })
  const failed = once(k6, "error").then(([error]) => {
    throw new Error(`k6 does not run (${error.message}); install it with: go install go.k6.io/k6@v1.8.1`)
  })
  const [code] = await Promise.race([once(k6, "exit"), failed])
  return code as number
}

async function serverMemoryMB(baseUrl: string): Promise<number> {
  const text = await (await fetch(`${baseUrl}/metrics`)).text()
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]
  return Math.round(Number(bytes) / 1e6)
}

const rounded = (value: number): number => Math.round(value * 100) / 100

const target = process.env.BASE_URL ? reuseServer(process.env.BASE_URL) : await startServer()
const summaryFolder = mkdtempSync(join(tmpdir(), "beforehand-k6-"))
try {
  const summaryFile = join(summaryFolder, "summary.json")
  process.exitCode = await runK6(target, summaryFile)
  const { rate, p50Ms, p95Ms, p99Ms, errors, ...details } = JSON.parse(readFileSync(summaryFile, "utf8"))
  console.error(JSON.stringify(details))
  const figures = {
    bench: "load:smoke",
    rate: rounded(rate),
    p50Ms: rounded(p50Ms),
    p95Ms: rounded(p95Ms),
    p99Ms: rounded(p99Ms),
    errors,
    serverMemoryMB: await serverMemoryMB(target.baseUrl),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
} finally {
  await target.stop()
  rmSync(summaryFolder, { recursive: true, force: true })
}
