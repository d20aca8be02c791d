import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestDatabase } from "../support/database.ts"
import { openReceiver, type Receiver } from "../support/receiver.ts"
import { type ServiceProcess, startProcess } from "../support/service-process.ts"

const adminKey = "an-admin-key-of-tests"
const customers = 12
let databaseUrl: string
let receiver: Receiver
let running: ServiceProcess

beforeAll(async () => {
  databaseUrl = await createTestDatabase()
  receiver = await openReceiver()
})
afterAll(async () => {
  await running.end("SIGTERM")
  await receiver.close()
})

async function start(): Promise<(method: string, path: string, body: unknown) => Promise<void>> {
  running = startProcess([], {
    DATABASE_URL: databaseUrl,
    ALLOW_VOLATILE: "1",
    PORT: "0",
    DEMO: "off",
    ADMIN_KEY: adminKey,
    HOLDOUT_SHARE: "0",
  })
  const address = /http:\/\/[\w.:[\]]+/.exec(await running.says("stdout", "http://"))![0]
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" }
    const response = await fetch(`${address}${path}`, { method, headers, body: JSON.stringify(body) })
    expect(response.status, await response.text()).toBe(200)
  }
}

test("a process killed between the change and its webhook loses nothing; what is sent again has the same id and bytes", async () => {
  // The first delivery hangs, so that the process dies with messages written, claimed and sent, and none acknowledged.
  receiver.answerWith(() => new Promise(() => {}))
  const ask = await start()
  await ask("POST", "/v1/webhooks", { url: receiver.url })
  const notice = { id: "late", kind: "notice", title: "Late", value: 1, caseType: "delay", placements: ["late"] }
  await ask("POST", "/v1/offers", { offers: [notice] })
  const trigger = { id: "late", when: { event: "Delivery Delayed" }, channel: "email" }
  await ask("PUT", "/v1/policies/late", { triggers: [trigger] })
  for (let n = 0; n < customers; n++) {
    const consent = { granted: true, at: "2020-01-01T00:00:00Z", source: "test" }
    await ask("POST", "/v1/track", { userId: `u-${n}`, event: "Delivery Delayed", properties: { order_id: `o-${n}` } })
    await ask("PUT", `/v1/customers/userId:u-${n}/consents/service`, consent)
  }
  await receiver.has(1)
  await running.end("SIGKILL")
  const sentBefore = receiver.received.length

  receiver.answerWith(() => 204)
  await start()
  const sql = postgres(databaseUrl, { max: 1 })
  // What the dead process had claimed is its own for a while; the end of that is brought forward.
  await sql`delete from leases`
  await sql`update webhook_deliveries set due_at = now() where state = 'waiting'`
  const count = async (state: string) => (await sql`select 1 from webhook_deliveries where state = ${state}`).length
  await expect.poll(() => count("delivered"), { timeout: 50_000 }).toBe(customers)
  const decided = await sql<{ id: string }[]>`select id from decisions where kind = 'notice'`
  await sql.end()

  expect(sentBefore).toBeGreaterThan(0)
  const bodies = new Map<unknown, Set<string>>()
  for (const { headers, body } of receiver.received) {
    const id = headers["webhook-id"]
    bodies.set(id, (bodies.get(id) ?? new Set()).add(body))
  }
  expect([...bodies.values()].every((versions) => versions.size === 1)).toBe(true)
  const told = [...bodies.values()].map(([body]) => JSON.parse(body!).data.decisionId as string)
  expect(told.sort()).toEqual(decided.map(({ id }) => id).sort())
}, 120_000)
