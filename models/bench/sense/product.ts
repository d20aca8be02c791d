import { execFile } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { startService } from "../../../load-tests/run/service.ts"
import { type CustomerFacts, factsOf, type PastEvent } from "./customer-facts.ts"

const run = promisify(execFile)
const readyWithinMs = 30 * 60_000

/** A running service, asked as its callers ask it. */
export interface Product {
  get<T>(path: string): Promise<T>
  send<T>(method: "POST" | "PUT", path: string, body: unknown): Promise<T>
  /** Returns an answer as it is, whatever its status. */
  fetch(path: string): Promise<Response>
}

interface Address {
  baseUrl: string
  key: string
}

/** Returns the service at an address; any status but 2xx is an Error. */
export const productAt = ({ baseUrl, key }: Address): Product =>
  productBy((path, init) => fetch(`${baseUrl}${path}`, init), key)

/** Returns the service that answers requests for paths. */
export function productBy(
  request: (path: string, init: RequestInit) => Response | Promise<Response>,
  key: string,
): Product {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" }
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await request(path, { ...init, headers })
    if (!response.ok) throw new Error(`${init.method} ${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    get: (path) => ask(path, { method: "GET" }),
    send: (method, path, body) => ask(path, { method, body: JSON.stringify(body) }),
    fetch: async (path) => request(path, { headers }),
  }
}

interface StartOptions {
  /** Folder of the code. */
  root: string
  /** Makes the demo shop, as at a newcomer's first start; otherwise the database stays empty. */
  demo: boolean
  closing: (() => unknown)[]
}

/** Starts the code of a folder on an embedded PostgreSQL of its own; `command` runs its command line on the same database. */
export async function startProduct({ root, demo, closing }: StartOptions) {
  const dataDir = mkdtempSync(join(tmpdir(), "beforehand-sense-"))
  chmodSync(dataDir, 0o755)
  closing.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const settings = { DATA_DIR: dataDir, LOG_LEVEL: "warn", REQUESTS_PER_SECOND: "0", DEMO: demo ? "on" : "off" }
  const program = join(root, "src/cli.ts")
  const service = await startService([program, "start"], settings, {
    readyWithinMs,
    logFile: join(dataDir, "server.log"),
  })
  closing.push(service.stop)
  const { DATABASE_URL: _, ...environment } = process.env
  const options = { cwd: root, env: { ...environment, ...settings }, maxBuffer: 64 * 1024 * 1024 }
  return {
    product: productAt({ baseUrl: service.baseUrl, key: service.keys.ADMIN_KEY }),
    command: async (...args: string[]) =>
      (await run(process.execPath, ["--import", "tsx", program, ...args], options)).stdout,
  }
}

export type StartedProduct = Awaited<ReturnType<typeof startProduct>>

/** Trains on everything, by default without a limit of time, so that how busy the cores are changes nothing, and waits until the service answers by it. */
export async function trainAndPromote(
  { product, command }: StartedProduct,
  budgetSeconds: string | undefined,
): Promise<void> {
  const liveId = async () => (await product.get<{ release: { id: string } | null }>("/health")).release?.id
  const before = await liveId()
  await command("train", ...(budgetSeconds === undefined ? [] : ["--budget-seconds", budgetSeconds]))
  await command("promote", "--force")
  while ((await liveId()) === before) await sleep(500)
}

const atOnce = 4

/** Returns the results in the order of the values; a few are asked at once. */
export async function mapInTurn<T, R>(values: readonly T[], ask: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < values.length; from += atOnce)
    results.push(...(await Promise.all(values.slice(from, from + atOnce).map(ask))))
  return results
}

interface ExportedEvent extends Omit<PastEvent, "at"> {
  at: string | number
}

/** Returns the facts of a customer, counted from all events that the service exports of them. */
export async function readFacts(product: Product, name: string): Promise<CustomerFacts> {
  const { tables } = await product.get<{ tables: { events?: ExportedEvent[] } }>(
    `/v1/customers/${encodeURIComponent(name)}/export`,
  )
  return factsOf((tables.events ?? []).map(({ at, ...event }) => ({ ...event, at: new Date(at).getTime() })))
}

export interface CatalogueItem {
  id: string
  title: string
  price?: number
}

/** Returns everything of a list that is read page by page. */
export async function readAll<K extends string, T>(product: Product, path: string, key: K): Promise<T[]> {
  const found: T[] = []
  const joined = path.includes("?") ? "&" : "?"
  for (let cursor: string | null = ""; cursor !== null; ) {
    const from: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`
    const page = await product.get<Record<K, T[]> & { nextCursor: string | null }>(`${path}${joined}limit=100${from}`)
    found.push(...page[key])
    cursor = page.nextCursor
  }
  return found
}

export interface PlanSend {
  customerId: string
  itemId: string
  expectedValue: number
  inHoldout: boolean
}

interface Plan {
  id: string
  status: string
  reason: string | null
}

/** Request of a plan of 300 suggestions; they send no goods, so nothing is promised of what is kept. */
export const suggestionPlan = {
  name: "sense",
  autonomyLevel: "suggest",
  budgets: { money: 5000, volume: 300 },
  promise: 0,
  minKeepProbability: 0,
}

/** Makes a plan and returns its sends, those of the holdout left out; the reason where there can be none. */
export async function planSends(product: Product, request: object): Promise<PlanSend[] | string> {
  const asked = await product.send<Plan>("POST", "/v1/plans", request).catch((error: Error) => error.message)
  if (typeof asked === "string") return asked
  let plan = asked
  while (plan.status === "planning") {
    await sleep(1000)
    plan = await product.get(`/v1/plans/${plan.id}`)
  }
  if (plan.status === "failed") return `the plan failed: ${plan.reason}`
  const sends = await readAll<"sends", PlanSend>(product, `/v1/sends?plan=${plan.id}`, "sends")
  return sends.filter(({ inHoldout }) => !inHoldout)
}
