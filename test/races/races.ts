import { randomUUID } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { readRecord } from "../../src/store/embedded/record.ts"
import { startServer } from "../faults/server.ts"
import { countRaces } from "./count.ts"
import { capped, startRacing } from "./threads.ts"

/**
 * Joins, consents, erasures, decisions and events of few customers, all at once, against a real server; then looks for acknowledged
 * events that are gone or there twice, withdrawals that do not hold, erased people who are still there, and offers beyond a cap.
 */
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, threads: { type: "string", default: "16" } },
})
const say = (line: string) => void process.stderr.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), "beforehand-races-"))
chmodSync(folder, 0o755)
const adminKey = `races-${randomUUID()}`
const port = await freePort()
const address = `http://127.0.0.1:${port}`
const settings = {
  DATA_DIR: folder,
  PORT: String(port),
  DEMO: "off",
  ADMIN_KEY: adminKey,
  REQUESTS_PER_SECOND: "0",
  HOLDOUT_SHARE: "0",
}
const server = await startServer(settings, address)

async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" }
  const answer = await fetch(address + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const json = (await answer.json()) as Record<string, unknown>
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`)
  return json
}

try {
  const placements = [capped.placement, "home"]
  const treatments = [{ content: { headline: "What is new in {{ customer.city }}" } }]
  await ask("POST", "/v1/offers", {
    offers: [
      { id: "gift", kind: "extra", title: "Gift", value: 9, placements },
      {
        id: "news",
        kind: "promotion",
        title: "News",
        value: 90,
        placements: ["home"],
        channels: ["email"],
        treatments,
      },
    ],
  })
  await ask("PUT", "/v1/policies/home", { traits: ["city"] })
  await ask("PUT", `/v1/policies/${capped.placement}`, {
    contact: {
      caps: [{ id: "few", per: "customer", limit: capped.limit, windowHours: 168 }],
      pauses: [],
      theme: null,
      dismissalCooldownHours: 0,
    },
  })
  await sleep(3000)
  say(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; embedded PostgreSQL, durable; ` +
      `${values.threads} threads for ${values.seconds} s`,
  )
  const racing = startRacing({ address, adminKey, threads: Number(values.threads) })
  await sleep(Number(values.seconds) * 1000)
  await racing.stop()
  for (const [what, count] of racing.acknowledged.failures) say(`${what}: ${count} times`)
  const figures = await countRaces(
    readRecord(folder)!.url,
    (who) => ask("GET", `/v1/customers/${who}`),
    racing.acknowledged,
  )
  say(
    `${racing.acknowledged.words.length} words on marketing, ${racing.acknowledged.erased.length} erasures, ` +
      `${racing.acknowledged.decisions.size} decisions`,
  )
  process.stdout.write(`${JSON.stringify({ bench: "races", ...figures })}\n`)
  const { acknowledged, ...faults } = figures
  const isEnough = acknowledged >= Math.min(2000, 30 * Number(values.seconds))
  if (!isEnough || Object.values(faults).some((count) => count > 0)) process.exitCode = 1
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
