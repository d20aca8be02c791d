import { randomUUID } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import postgres from "postgres"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { readRecord } from "../../src/store/embedded/record.ts"
import { startServer } from "../faults/server.ts"
import { generatedClients, useGenerated, wrongAnswers } from "./generated-clients.ts"
import { startLossyProxy } from "./lossy-proxy.ts"
import type { Sender, Sending } from "./sender.ts"
import { senders } from "./senders.ts"
import { Missing } from "./toolchains.ts"

/**
 * Real clients of other makers, with their defaults, send to a real server over a network that loses the first two answers of each:
 * everything must land, nothing twice. Clients generated from the server's document must compile without a warning, and work.
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "60" },
    only: { type: "string", multiple: true, default: Object.keys({ ...senders, ...generatedClients }) },
  },
})
const count = Number(values.count)
const say = (line: string) => void process.stderr.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), "beforehand-clients-"))
chmodSync(folder, 0o755)
const keys = { write: `write-${randomUUID()}`, ingest: `ingest-${randomUUID()}` }
const served = { INGEST_KEY: keys.ingest, MANAGE_KEY: `manage-${randomUUID()}`, READ_KEY: `read-${randomUUID()}` }
const port = await freePort()
const address = `http://127.0.0.1:${port}`
const server = await startServer(
  { DATA_DIR: folder, PORT: String(port), DEMO: "off", WRITE_KEY: keys.write, ...served },
  address,
)
const database = postgres(readRecord(folder)!.url, { max: 1 })

/** The tracks of a client by number, and its identify. */
async function countRows(client: string): Promise<{ landed: number; rows: number }> {
  const [found] = await database<{ landed: number; rows: number }[]>`
    with sent as (
      select coalesce(properties->>'n', 'identify') as what from events
      where properties->>'client' = ${client} or (name = 'Customer Identified' and customer_id in
        (select customer_id from identifiers where type = 'userId' and value = ${client}))
    ) select count(distinct what)::int as landed, count(*)::int as rows from sent`
  return found!
}

const clients: Record<string, { sent: number; landed: number; doubled: number }> = {}
const generated: Record<string, { wrong: string[] }> = {}
const missing: string[] = []

/** Lets a client send over a network that loses its first two answers, and counts what landed. */
async function sendThroughLosses(client: string, sender: Sender): Promise<void> {
  const proxy = await startLossyProxy(address, { losing: 2 })
  const sending: Sending = { host: proxy.address, key: keys[sender.scope], client, count }
  try {
    await sender.send(sending, async () => (await countRows(client)).landed)
    const { landed, rows } = await countRows(client)
    clients[client] = { sent: count + 1, landed, doubled: rows - landed }
    say(`${client}: ${landed} of ${count + 1} landed, ${rows - landed} doubled, ${proxy.lost()} answers lost`)
  } finally {
    await proxy.close()
  }
}

/** Uses a client; one whose tools this machine lacks is skipped. */
async function unlessMissing(client: string, use: () => Promise<void>): Promise<void> {
  try {
    await use()
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    missing.push(client)
    say(`${client}: skipped: ${error.message}`)
  }
}

try {
  say(`Node ${process.version}; each client sends ${count + 1} calls; the first two answers of each are lost`)
  for (const client of values.only) {
    const prepare = generatedClients[client]
    const sender = senders[client]
    if (prepare !== undefined)
      await unlessMissing(client, async () => {
        const answers = await useGenerated(prepare, { address, keys: served })
        generated[client] = { wrong: wrongAnswers(answers) }
        say(`${client}: compiles; answers ${JSON.stringify(answers)}`)
      })
    else if (sender === undefined)
      throw new Error(
        `no client ${client}; there are ${[...Object.keys(senders), ...Object.keys(generatedClients)].join(", ")}`,
      )
    else await unlessMissing(client, () => sendThroughLosses(client, sender))
  }
  process.stdout.write(`${JSON.stringify({ bench: "clients", clients, generated })}\n`)
  const isWhole = Object.values(clients).every(({ sent, landed, doubled }) => landed === sent && doubled === 0)
  const works = Object.values(generated).every(({ wrong }) => wrong.length === 0)
  if (!isWhole || !works || (missing.length > 0 && process.env.CI)) process.exitCode = 1
} finally {
  await database.end()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
