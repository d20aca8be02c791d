import { execFile, spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs, promisify } from "node:util"
import { findLimit, type Route, rampAgainst } from "../../load-tests/run/breakpoint.ts"
import { closeOnExit } from "../../load-tests/run/close-on-exit.ts"
import { environmentOf } from "../../load-tests/run/conditions.ts"
import type { K6Run } from "../../load-tests/run/k6.ts"
import { madeEvents, madeItems } from "../../load-tests/run/made-shop.ts"
import { openShop } from "../../load-tests/run/open-shop.ts"
import { becomesReady, end, freePort } from "../../load-tests/run/service.ts"

/**
 * Gorse, built from its Go module and left at its defaults on SQLite, with the customers, items and events of a made shop and
 * every customer's recommendations precomputed, asked for ten of them by the same k6 script and at the same rates.
 */
const gorseModule = "github.com/zhenghaoz/gorse"
const gorseVersion = "v0.4.15"
const rowsPerRequest = 5000
const precomputeWithinMs = 60 * 60_000

const { values: flags } = parseArgs({
  options: {
    customers: { type: "string", default: "10000" },
    items: { type: "string", default: "10000" },
    rate: { type: "string", default: "100" },
    seconds: { type: "string", default: "30" },
    keep: { type: "string" },
    /** Folder in which the built program and its recommendations stay for other runs; without it all is removed. */
    scratch: { type: "string" },
  },
})
const size = { customers: Number(flags.customers), items: Number(flags.items) }
const rate = Number(flags.rate)
const say = (line: string) => void process.stderr.write(`${line}\n`)
const rounded = (value: number) => Math.round(value * 100) / 100
const { closing, close } = closeOnExit()

const run = promisify(execFile)

/** Builds the program in the scratch folder, from a copy of the module so that its own replacements hold; returns its path. */
async function buildGorse(scratch: string): Promise<string> {
  const program = join(scratch, "gorse-in-one")
  if (existsSync(program)) return program
  const { stdout } = await run("go", ["mod", "download", "-json", `${gorseModule}@${gorseVersion}`], { cwd: scratch })
  const source = join(scratch, "source")
  cpSync((JSON.parse(stdout) as { Dir: string }).Dir, source, { recursive: true })
  await run("chmod", ["-R", "u+w", source])
  say(`building ${gorseModule}@${gorseVersion}`)
  await run("go", ["build", "-o", program, "./cmd/gorse-in-one"], { cwd: source })
  return program
}

interface Peer {
  baseUrl: string
  pid: number
  stop(): Promise<void>
}

async function startGorse(program: string, folder: string): Promise<Peer> {
  const [port, httpPort] = [await freePort(), await freePort()]
  const configuration = `[database]
data_store = "sqlite://${join(folder, "data.db")}"
cache_store = "sqlite://${join(folder, "cache.db")}"
[master]
host = "127.0.0.1"
port = ${port}
http_host = "127.0.0.1"
http_port = ${httpPort}
[recommend.data_source]
positive_feedback_types = ["view", "cart", "purchase"]
`
  const configFile = join(folder, "config.toml")
  writeFileSync(configFile, configuration)
  const log = openSync(join(folder, "gorse.log"), "a")
  const args = ["--config", configFile, "--cache-path", join(folder, "one_cache.data")]
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", log, log] })
  const stop = () => end(child)
  closing.push(stop)
  const baseUrl = `http://127.0.0.1:${httpPort}`
  await becomesReady(`${baseUrl}/api/health/ready`, child, 60_000)
  return { baseUrl, pid: child.pid!, stop }
}

async function send(url: string, rows: readonly unknown[]): Promise<void> {
  const headers = { "content-type": "application/json" }
  for (let start = 0; start < rows.length; start += rowsPerRequest) {
    const body = JSON.stringify(rows.slice(start, start + rowsPerRequest))
    const answer = await fetch(url, { method: "POST", headers, body })
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  }
}

const feedbackTypes: Readonly<Record<string, string>> = {
  "Product Viewed": "view",
  "Product Added": "cart",
  "Order Completed": "purchase",
}

async function fillGorse({ baseUrl }: Peer): Promise<void> {
  const endMs = Date.now()
  await send(
    `${baseUrl}/api/items`,
    madeItems(size.items).map(({ id, category = [] }) => ({
      ItemId: id,
      Categories: category,
      Timestamp: new Date(endMs),
    })),
  )
  const customersPerTurn = 1000
  for (let first = 1; first <= size.customers; first += customersPerTurn) {
    const numbers = Array.from({ length: Math.min(customersPerTurn, size.customers - first + 1) }, (_, n) => first + n)
    await send(
      `${baseUrl}/api/users`,
      numbers.map((number) => ({ UserId: `u-${number}` })),
    )
    const feedback = numbers.flatMap((number) =>
      madeEvents(number, size.items, endMs).map(({ name, lines, at }) => ({
        FeedbackType: feedbackTypes[name],
        UserId: `u-${number}`,
        ItemId: lines[0]!.itemId,
        Timestamp: new Date(at),
      })),
    )
    await send(`${baseUrl}/api/feedback`, feedback)
  }
}

interface Task {
  Name: string
  Status: string
}

const hasRecommendations = async ({ baseUrl }: Peer, number: number): Promise<boolean> => {
  const answer = await fetch(`${baseUrl}/api/intermediate/recommend/u-${number}?n=10`)
  return answer.ok && ((await answer.json()) as unknown[] | null)?.length === 10
}

/** Waits until customers everywhere in the order have recommendations, nothing is being computed and no more come. */
async function precomputed(peer: Peer): Promise<void> {
  const giveUpAt = performance.now() + precomputeWithinMs
  const sampled = Array.from({ length: 50 }, (_, n) => 1 + Math.floor((n * (size.customers - 1)) / 49))
  let before = 0
  while (performance.now() < giveUpAt) {
    const tasks = (await (await fetch(`${peer.baseUrl}/api/dashboard/tasks`)).json()) as Task[]
    const busy = tasks.filter(({ Status }) => Status === "Running")
    const have = (await Promise.all(sampled.map((number) => hasRecommendations(peer, number)))).filter(Boolean).length
    say(
      `${have} of ${sampled.length} sampled have recommendations; busy with: ${busy.map(({ Name }) => Name).join(", ") || "nothing"}`,
    )
    if (have > 0 && have === before && busy.length === 0) return
    before = have
    await sleep(10_000)
  }
  throw new Error("the peer did not compute its recommendations in time")
}

interface Measured {
  rate: number
  p50Ms: number
  p99Ms: number
}

/** Times at the common rate, then the highest rate that holds. */
async function measure(
  route: Route,
  environment: Record<string, string>,
  pids: { server: number; postgres: number },
): Promise<Measured> {
  const ramp = rampAgainst({ ...environment, CUSTOMERS: String(size.customers) }, pids)
  const once = { firstRate: rate, growth: 1, stepSeconds: Number(flags.seconds), steps: 1, warmUpSeconds: 10 }
  const { figures }: K6Run = await ramp(route, once)
  const { quantilesMs, count } = figures.periods[0]!
  const { 50: p50Ms, 95: p95, 99: p99Ms } = quantilesMs as Record<50 | 95 | 99, number>
  say(
    `${route} at ${rate}/s: p50 ${rounded(p50Ms)}, p95 ${rounded(p95)}, p99 ${rounded(p99Ms)} ms of ${count}; errors ${figures.errors}`,
  )
  const limit = await findLimit(ramp, route, rate)
  say(
    `${route} held ${limit.rate}/s; processors: server ${rounded(limit.shares.server)}, k6 ${rounded(limit.shares.k6)}`,
  )
  if (limit.k6WasTheLimit) say(`k6 was the limit of ${route}: its own is higher`)
  return { rate: limit.rate, p50Ms, p99Ms }
}

try {
  const scratch = resolve(flags.scratch ?? mkdtempSync(join(tmpdir(), "beforehand-peer-")))
  if (flags.scratch === undefined) closing.push(() => rmSync(scratch, { recursive: true, force: true }))
  mkdirSync(scratch, { recursive: true })
  const program = await buildGorse(scratch)
  const folder = join(scratch, `shop-${size.customers}-${size.items}`)
  if (!existsSync(folder)) {
    mkdirSync(folder)
    const empty = await startGorse(program, folder)
    await fillGorse(empty)
    await empty.stop()
    say("gorse has the data, which it reads as it starts")
  }
  const peer = await startGorse(program, folder)
  await precomputed(peer)
  const theirs = await measure("peer", { BASE_URL: peer.baseUrl }, { server: peer.pid, postgres: -1 })
  await close()

  const opened = await openShop({ ...size, keep: flags.keep, say, closing })
  const ours = await measure("recommend", environmentOf(opened), opened.pids)
  const line = {
    bench: "peer",
    peer: `gorse ${gorseVersion}`,
    p50Ratio: rounded(ours.p50Ms / theirs.p50Ms),
    p99Ratio: rounded(ours.p99Ms / theirs.p99Ms),
    rateRatio: rounded(ours.rate / theirs.rate),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
} finally {
  await close()
}
