import { afterEach, expect, test } from "vitest"
import { health } from "../../src/http/routes/operations.ts"
import { connect } from "../../src/store/database/database.ts"
import { migrate } from "../../src/store/database/migrate.ts"
import { readMigrations } from "../../src/store/database/migrations.ts"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase } from "../support/database.ts"
import { createDatabaseAfter } from "../support/old-database.ts"
import { type ServiceProcess, startProcess } from "../support/service-process.ts"

const patience = { timeout: 60_000 }
const healthSchema = health.route.responses[200].content["application/json"].schema

interface Started {
  service: ServiceProcess
  /** Returns the status of `/health` and the codes of its reasons; `null` where nothing answers. */
  readHealth(): Promise<[string, ...string[]] | null>
  statusOf(path: string): Promise<number | null>
}

let running: ServiceProcess | undefined
afterEach(async () => {
  await running?.end("SIGTERM")
  running = undefined
})

async function start(databaseUrl: string, settings: Record<string, string> = {}): Promise<Started> {
  const address = `http://127.0.0.1:${await freePort()}`
  const service = startProcess([], {
    DATABASE_URL: databaseUrl,
    PORT: new URL(address).port,
    ALLOW_VOLATILE: "1",
    ...settings,
  })
  running = service
  const ask = (path: string) => fetch(address + path, { headers: { connection: "close" } }).catch(() => null)
  return {
    service,
    async readHealth() {
      const answer = await ask("/health")
      if (answer === null) return null
      const { status, reasons } = healthSchema.parse(await answer.json())
      return [status, ...reasons.map(({ code }) => code)]
    },
    statusOf: async (path) => (await ask(path))?.status ?? null,
  }
}

test.each([["1"], ["2"]])(
  "with %s processes, a start without its database says so at /health, once in the log, and serves once it is there",
  async (processes) => {
    const database = await breakDatabase(await createTestDatabase())
    database.refuse()
    const { service, readHealth, statusOf } = await start(database.url, { PROCESSES: processes })
    await expect.poll(readHealth, patience).toEqual(["starting", "absent"])
    expect([await statusOf("/ready"), await statusOf("/v1/recommend"), await statusOf("/metrics")]).toEqual([
      503, 503, 503,
    ])
    await new Promise((resolve) => setTimeout(resolve, 2500))
    database.heal()
    await service.says("stdout", "listens")
    expect(await readHealth()).toEqual(["ok"])
    expect(await statusOf("/ready")).toBe(200)
    const log = await service.says("stderr", "start waits")
    expect(log.match(/start waits: PostgreSQL cannot be reached/g)).toHaveLength(1)
    expect(await service.end("SIGTERM")).toBe(0)
    await database.close()
  },
  120_000,
)

test("a start that may not migrate waits until somebody else has", async () => {
  const url = await createDatabaseAfter(23)
  const { service, readHealth } = await start(url, { MIGRATE: "off" })
  await expect.poll(readHealth, patience).toEqual(["starting", "schemaBehind"])
  const newest = readMigrations().at(-1)!.name
  await service.says("stderr", `this version needs ${newest}: run \\"beforehand migrate\\"`)
  const { database, close } = connect(url, { connections: 4 })
  await migrate(database)
  await close()
  await service.says("stdout", "listens")
  expect(await readHealth()).toEqual(["ok"])
}, 120_000)

test("a database that takes no writes is waited for", async () => {
  const url = await createTestDatabase()
  const name = new URL(url).pathname.slice(1)
  const { database, close } = connect(url)
  await database.execute(`alter database ${name} set default_transaction_read_only = on`)
  const { service, readHealth } = await start(url)
  await expect.poll(readHealth, patience).toEqual(["starting", "readOnly"])
  await database.execute(`set default_transaction_read_only = off; alter database ${name} reset all`)
  await close()
  await service.says("stdout", "listens")
}, 120_000)

test.each<[string, () => Promise<string>, RegExp]>([
  [
    "is never there",
    async () => `postgres://a:b@127.0.0.1:${await freePort()}/c`,
    /beforehand: the database cannot be used: .*ECONNREFUSED.*; check DATABASE_URL/,
  ],
  [
    "refuses the password",
    async () => {
      const url = new URL(await createTestDatabase())
      url.password = "wrong"
      return url.href
    },
    /beforehand: the database cannot be used: password authentication failed/,
  ],
])(
  "a start whose database %s ends with what to do",
  async (_, urlOf, message) => {
    const { service } = await start(await urlOf(), { START_TIMEOUT: "2" })
    await expect(service.says("stdout", "listens")).rejects.toThrow(message)
    expect(await service.end("SIGTERM")).toBe(1)
  },
  60_000,
)

test("a start that waits ends well when it is told to", async () => {
  const { service, readHealth } = await start(`postgres://a:b@127.0.0.1:${await freePort()}/c`)
  await expect.poll(readHealth, patience).toEqual(["starting", "absent"])
  expect(await service.end("SIGTERM")).toBe(0)
}, 60_000)
