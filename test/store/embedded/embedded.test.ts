import { type ChildProcess, spawn } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pino from "pino"
import postgres from "postgres"
import { afterAll, afterEach, describe, expect, test } from "vitest"
import type { IncomingEvent } from "../../../src/core/history/event.ts"
import { type EmbeddedServer, openEmbedded } from "../../../src/store/embedded/embedded.ts"
import { isAlive } from "../../../src/store/embedded/process.ts"
import { openStore } from "../../../src/store/open-store.ts"
import { anEvent } from "../../support/events.ts"

const log = pino({ level: "silent" })
const root = mkdtempSync(join(tmpdir(), "beforehand-embedded-"))
chmodSync(root, 0o755)
const opened: { stop: () => Promise<void> }[] = []
const held: Held[] = []
let folders = 0

afterEach(async () => {
  for (const server of opened.splice(0)) await server.stop()
  for (const { child, ended } of held.splice(0)) {
    child.stdin!.end()
    await ended
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function newFolder(): string {
  folders += 1
  const folder = join(root, `data-${folders}`)
  mkdirSync(folder)
  return folder
}

async function open(dataDir: string, { volatile } = { volatile: false }): Promise<EmbeddedServer> {
  const server = await openEmbedded({ dataDir, volatile, log })
  opened.push(server)
  return server
}

/** The same for every test that does not need an empty one, as making a cluster takes most of the time. */
const usedFolder = newFolder()

interface Held {
  child: ChildProcess
  url: string
  owner: boolean
  ended: Promise<unknown>
}

/** Opens the folder's server from a process of its own, which ends when its input does. */
async function hold(dataDir: string, env: NodeJS.ProcessEnv = process.env): Promise<Held> {
  const script = new URL("../../support/hold-embedded.ts", import.meta.url).pathname
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir, "supervised"], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  })
  const ended = new Promise((resolve) => child.once("exit", resolve))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout!.once("data", (chunk) => resolve(String(chunk)))
    child.once("exit", (code) => reject(new Error(`ended with ${code}`)))
  })
  const opening = { child, ended, ...(JSON.parse(line) as { url: string; owner: boolean }) }
  held.push(opening)
  return opening
}

async function ask(url: string, query: string): Promise<postgres.Row> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const rows = await client.unsafe(query)
    return rows[0]!
  } finally {
    await client.end()
  }
}

const pidOf = async (url: string) => {
  const { path } = await ask(url, "select current_setting('data_directory') as path")
  return Number.parseInt(readFileSync(join(path, "postmaster.pid"), "utf8"), 10)
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50)
}

test("the cluster is UTF-8 in the order of code points, whatever the environment's language", async () => {
  const { LANG: _, LC_ALL: __, ...bare } = process.env
  const { url } = await hold(newFolder(), { ...bare, LC_CTYPE: "POSIX" })
  expect(await ask(url, "select current_setting('server_encoding') as encoding, upper('ß→é') as upper")).toEqual({
    encoding: "UTF8",
    upper: "ß→É",
  })
})

test("its address is kept where only its owner may read it, and is the same at the next start", async () => {
  const folder = usedFolder
  const first = await open(folder)
  const record = join(folder, "postgres.json")
  expect(statSync(record).mode & 0o777).toBe(0o600)
  expect(new URL(first.url).hostname).toBe("127.0.0.1")
  await first.stop()
  expect((await open(folder)).url).toBe(first.url)
})

test("of processes that come at once one starts the server, the others attach, and only that one stops it", async () => {
  const folder = newFolder()
  const processes = await Promise.all([hold(folder), hold(folder), hold(folder)])
  expect(new Set(processes.map(({ url }) => url)).size).toBe(1)
  const owners = processes.filter(({ owner }) => owner)
  expect(owners).toHaveLength(1)
  const pid = await pidOf(owners[0]!.url)
  for (const { child, ended } of processes.filter(({ owner }) => !owner)) {
    child.stdin!.end()
    await ended
  }
  expect(isAlive(pid)).toBe(true)
  owners[0]!.child.kill("SIGTERM")
  await owners[0]!.ended
  expect(isAlive(pid)).toBe(false)
})

test("after kill -9 of its process the server lives on, and the next process takes it over with everything in it", async () => {
  const folder = usedFolder
  const first = await hold(folder)
  await ask(first.url, "create table kept_42 as select 42 as answer")
  const pid = await pidOf(first.url)
  first.child.kill("SIGKILL")
  await first.ended
  expect(isAlive(pid)).toBe(true)
  const second = await open(folder)
  expect(second.isOwner()).toBe(true)
  expect(await pidOf(second.url)).toBe(pid)
  expect(await ask(second.url, "select answer from kept_42")).toEqual({ answer: 42 })
  await second.stop()
  expect(isAlive(pid)).toBe(false)
})

test("after kill -9 of the server too, the next start recovers everything that was committed", async () => {
  const folder = usedFolder
  const first = await hold(folder)
  await ask(first.url, "create table kept_43 as select 43 as answer")
  const pid = await pidOf(first.url)
  first.child.kill("SIGKILL")
  await first.ended
  process.kill(pid, "SIGKILL")
  await until(() => !isAlive(pid))
  const second = await open(folder)
  expect(await ask(second.url, "select answer from kept_43")).toEqual({ answer: 43 })
})

test("a supervised server that dies is started again under the same address", async () => {
  const server = await open(usedFolder)
  server.supervise()
  const pid = await pidOf(server.url)
  await ask(server.url, "create table kept_44 as select 44 as answer")
  process.kill(pid, "SIGKILL")
  await until(() => !isAlive(pid))
  await until(() => ask(server.url, "select 1").then(Boolean, () => false))
  expect(await pidOf(server.url)).not.toBe(pid)
  expect(await ask(server.url, "select answer from kept_44")).toEqual({ answer: 44 })
})

test("a folder that cannot hold a database is refused with what to do", async () => {
  const file = join(root, "a-file")
  writeFileSync(file, "")
  for (const folder of [join(file, "data"), join(file, "data", "deeper"), file])
    await expect(open(folder)).rejects.toThrow(/cannot be made or written \(E[A-Z]+\); set DATA_DIR to one/)
})

test("a cluster of another major version is refused at once, with what to do", async () => {
  const folder = newFolder()
  await (await open(folder, { volatile: true })).stop()
  const [version] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    /^postgres\/PG_VERSION$/.test(path),
  )
  writeFileSync(join(folder, version!), "17\n")
  await expect(open(folder, { volatile: true })).rejects.toThrow(
    /was made by PostgreSQL 17 and this release brings 18; .*beforehand backup/,
  )
  expect(readFileSync(join(folder, "postgres.log"), "utf8")).not.toContain("incompatible")
})

test("events sent while a supervised server dies are recorded or refused, and once each after a retry", async () => {
  const server = await open(usedFolder)
  server.supervise()
  const store = await openStore({ databaseUrl: server.url, allowVolatile: false, log })
  const options = { mayMerge: true, receivedAt: 1_700_000_000_000, deriveVector: () => null }
  const send = async (event: IncomingEvent) => {
    const [result] = await store.events.ingest([event], options)
    return result!.status
  }
  const customer = { type: "userId" as const, value: "busy" }
  const events = Array.from({ length: 40 }, () => anEvent({ identifiers: [customer] }))
  const pid = await pidOf(server.url)
  const sending = events.map(async (event, i) => {
    await sleep(i * 5)
    if (i === 10) process.kill(pid, "SIGKILL")
    return send(event).catch((error: unknown) => error)
  })
  const refusals = (await Promise.all(sending)).filter((answer) => answer !== "accepted")
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: "unavailable" })
  await until(() =>
    store.events.isEmpty().then(
      () => true,
      () => false,
    ),
  )
  for (const event of events) expect(["accepted", "duplicate"]).toContain(await send(event))
  const { history } = await store.customers.read(customer)
  expect(history.items["sku-1"]!.views).toBe(events.length)
  await store.close()
})

test("it keeps what it acknowledges unless told otherwise, and a store refuses a server that does not", async () => {
  const durable = await open(usedFolder)
  const store = await openStore({ databaseUrl: durable.url, allowVolatile: false, log })
  expect(await store.durability()).toEqual({ fsync: "on", fullPageWrites: "on", synchronousCommit: "on" })
  await store.close()
  await durable.stop()
  const volatile = await open(usedFolder, { volatile: true })
  await expect(openStore({ databaseUrl: volatile.url, allowVolatile: false, log })).rejects.toThrow("ALLOW_VOLATILE")
})

describe.runIf(process.getuid?.() === 0)("as root", () => {
  test("in a private folder, binaries and data go where the server's account can reach them", async () => {
    const home = join(root, "private")
    mkdirSync(home, { mode: 0o700 })
    const folder = join(home, "data")
    const server = await open(folder)
    const { path } = await ask(server.url, "select current_setting('data_directory') as path")
    expect(path.startsWith(home)).toBe(false)
    expect(existsSync(join(folder, "postgres"))).toBe(false)
    await ask(server.url, "create table kept as select 45 as answer")
    await server.stop()
    expect(await ask((await open(folder)).url, "select answer from kept")).toEqual({ answer: 45 })
    await Promise.all(opened.splice(0).map(({ stop }) => stop()))
    rmSync(join(path, ".."), { recursive: true, force: true })
  })
})
