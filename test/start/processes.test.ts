import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { freePort } from "../../src/store/embedded/cluster.ts"
import type { Store } from "../../src/store/store.ts"
import { tester } from "../support/actor.ts"
import { createTestDatabase, openTestStore } from "../support/database.ts"
import { saveSmallRelease } from "../support/save-release.ts"
import { type ServiceProcess, startProcess } from "../support/service-process.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-processes-"))
chmodSync(folder, 0o755)
const adminKey = "admin-key-of-two-processes"
const asks = 24

let store: Store
let service: ServiceProcess
let address: string
let releaseIds: string[]

beforeAll(async () => {
  const databaseUrl = await createTestDatabase()
  store = await openTestStore(databaseUrl)
  releaseIds = [await saveSmallRelease(store), await saveSmallRelease(store)]
  await store.releases.promote(releaseIds[0]!, { at: Date.now(), forced: true, actor: tester })
  address = `http://127.0.0.1:${await freePort()}`
  service = startProcess([], {
    DATABASE_URL: databaseUrl,
    ALLOW_VOLATILE: "1",
    PROCESSES: "2",
    PORT: new URL(address).port,
    DATA_DIR: folder,
    ADMIN_KEY: adminKey,
    HOLDOUT_SHARE: "0",
  })
  await service.says("stdout", address)
  const items = ["brush", "paint", "paper"].map((id) => ({ id, title: id }))
  expect((await ask("/v1/items", { items })).status).toBe(200)
  const offers = [{ id: "welcome", kind: "promotion", title: "Welcome", value: 30 }]
  expect((await ask("/v1/offers", { offers })).status).toBe(200)
  await new Promise((resolve) => setTimeout(resolve, 2500))
})
afterAll(async () => {
  expect(await service.end("SIGTERM")).toBe(0)
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** On a connection of its own, so that the two take turns. */
const ask = (path: string, body?: object) =>
  fetch(`${address}${path}`, {
    signal: AbortSignal.timeout(5000),
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json", connection: "close" },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  })

const scrape = async () => await (await ask("/metrics")).text()

async function processesThatAnswer(): Promise<Set<number>> {
  const text = await scrape()
  return new Set([...text.matchAll(/^beforehand_process_up{pid="(\d+)"} 1$/gm)].map(([, pid]) => Number(pid)))
}

/** Returns the number of requests to a route by a scrape. */
const countIn = (text: string, route: string) =>
  [...text.matchAll(/^beforehand_request_seconds_count\{(.*)\} (\d+)$/gm)]
    .filter(([, labels]) => labels!.includes(`route="${route}"`))
    .reduce((sum, [, , count]) => sum + Number(count), 0)

const childrenOf = (pid: number) =>
  spawnSync("pgrep", ["-P", String(pid), "-f", "src/cli"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter(Boolean)
    .map(Number)

const recommended = (userId: string) =>
  Promise.all(
    Array.from({ length: asks }, async () => {
      const answer = await ask("/v1/recommend", { customer: { userId }, placement: "home", limit: 3 })
      return (await answer.json()) as {
        modelVersion: string
        decisionId: string
        items: { id: string; score: number }[]
      }
    }),
  )

test("two processes behind one port give the same answers", async () => {
  await expect.poll(processesThatAnswer, { timeout: 20_000 }).toHaveProperty("size", 2)
  const view = { userId: "u-1", event: "Product Viewed", messageId: "m-1", properties: { product_id: "paint" } }
  const tracked = await Promise.all(Array.from({ length: asks }, () => ask("/v1/track", view)))
  const statuses = await Promise.all(
    tracked.map(async (answer) => ((await answer.json()) as { results: { status: string }[] }).results[0]!.status),
  )
  expect(statuses.filter((status) => status === "accepted")).toHaveLength(1)
  const answers = await recommended("u-1")
  for (const { items } of answers) expect(items).toEqual(answers[0]!.items)
  expect(new Set(answers.map(({ decisionId }) => decisionId)).size).toBe(asks)
})

test("what either process promises a customer is in the one row that both read", async () => {
  const answers = await Promise.all(
    Array.from({ length: asks }, async () => {
      const body = { customer: { userId: "u-1" }, placement: "home-hero", channel: "web" }
      return (await (await ask("/v1/decide", body)).json()) as { decisionId: string; offer: object | null }
    }),
  )
  const { reservations } = await store.customers.read({ type: "userId", value: "u-1" })
  const promised = answers.filter(({ offer }) => offer !== null).map(({ decisionId }) => decisionId)
  expect(reservations.map(({ decisionId }) => decisionId).sort()).toEqual(promised.sort())
})

test("a promotion at one is a promotion at both", async () => {
  expect((await ask(`/v1/models/${releaseIds[1]}/promote`, { force: true })).status).toBe(200)
  await expect
    .poll(async () => (await recommended("u-1")).map(({ modelVersion }) => modelVersion), { timeout: 10_000 })
    .toEqual(Array(asks).fill(releaseIds[1]))
})

test("one scrape has the requests to all processes", async () => {
  const before = countIn(await scrape(), "/v1/items/:id")
  const requests = 40
  for (let n = 0; n < requests; n++) await ask("/v1/items/brush")
  await expect.poll(async () => countIn(await scrape(), "/v1/items/:id") - before).toBe(requests)
})

test("a process that does not answer is named, and its counts stay", async () => {
  const before = countIn(await scrape(), "/v1/decide")
  expect(before).toBe(asks)
  const [stopped] = await processesThatAnswer()
  process.kill(stopped!, "SIGSTOP")
  const named = async () =>
    [...(await scrape().catch(() => "")).matchAll(/^beforehand_process_up{pid="(\d+)"} 0$/gm)].map(([, pid]) =>
      Number(pid),
    )
  await expect.poll(named, { timeout: 20_000 }).toEqual([stopped])
  await expect.poll(async () => countIn(await scrape().catch(() => ""), "/v1/decide"), { timeout: 20_000 }).toBe(before)
  process.kill(stopped!, "SIGCONT")
  await expect.poll(processesThatAnswer, { timeout: 20_000 }).toHaveProperty("size", 2)
})

test("a process that is killed is replaced, its counts stay, and its loss costs no answer for long", async () => {
  const before = countIn(await scrape(), "/v1/decide")
  const [killed] = await processesThatAnswer()
  process.kill(killed!, "SIGKILL")
  const answering = async () => [...(await processesThatAnswer().catch(() => []))].filter((pid) => pid !== killed)
  await expect.poll(answering, { timeout: 50_000 }).toHaveLength(2)
  expect(countIn(await scrape(), "/v1/decide")).toBe(before)
})

test("a stop while a process starts ends, and no line of the log has a name twice", async () => {
  const stopped = startProcess([], {
    PROCESSES: "2",
    PORT: String(await freePort()),
    DATABASE_URL: await createTestDatabase(),
    DATA_DIR: folder,
    ALLOW_VOLATILE: "1",
    LOG_LEVEL: "info",
  })
  await stopped.says("stdout", "Beforehand listens at")
  const started = await stopped.says("stderr", '"msg":"listening"')
  const parent = Number(/"pid":(\d+)/.exec(started)![1])
  process.kill(childrenOf(parent)[0]!, "SIGKILL")
  await stopped.says("stderr", "starting a replacement")
  // One that ends early is replaced a second later, and takes longer than this to listen.
  await new Promise((resolve) => setTimeout(resolve, 1300))
  expect(await stopped.end("SIGTERM")).toBe(0)
  expect(childrenOf(parent)).toEqual([])
  const log = await stopped.says("stderr", "stopping")
  expect(log).not.toContain("did not stop in time")
  for (const line of log.trim().split("\n")) expect(namesIn(line)).toEqual([...new Set(namesIn(line))])
}, 180_000)

test("after SIGTERM both processes answer while /ready says 503, and then end well", async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const draining = startProcess([], {
    PROCESSES: "2",
    DRAIN_DELAY: "5",
    PORT: new URL(url).port,
    DATABASE_URL: await createTestDatabase(),
    DATA_DIR: folder,
    ALLOW_VOLATILE: "1",
  })
  await draining.says("stdout", url)
  const ended = draining.end("SIGTERM")
  const ready = () => fetch(`${url}/ready`, { headers: { connection: "close" } }).then(({ status }) => status)
  await expect
    .poll(async () => [await ready(), await ready(), await ready(), await ready()])
    .toEqual([503, 503, 503, 503])
  expect((await fetch(`${url}/openapi.json`)).status).toBe(200)
  expect(await ended).toBe(0)
  await expect(ready()).rejects.toThrow("fetch failed")
}, 180_000)

/** The names of a log line's outermost fields, as they stand in its text. */
const namesIn = (line: string) => [...line.matchAll(/(?<=[{,])"(\w+)":/g)].map(([, name]) => name!)
