import { randomUUID } from "node:crypto"
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { availableParallelism, cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import postgres from "postgres"
import { closeOnExit } from "../../load-tests/run/close-on-exit.ts"
import { countLosses } from "../../load-tests/run/sick/count-losses.ts"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { readRecord } from "../../src/store/embedded/record.ts"
import { startServer } from "./server.ts"
import { tryFaults } from "./try-faults.ts"
import { startWriting, type Written } from "./writers.ts"

/**
 * Writes without pause while the server and PostgreSQL are killed in turn, then makes a PostgreSQL with a standby sick in every way
 * there is; looks for every event and decision that was acknowledged. Writers retry as trackers do: the same message until it is
 * acknowledged.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    writers: { type: "string", default: "16" },
    /** Length of each fault after the kills. */
    seconds: { type: "string", default: "4" },
  },
})
const rounds = Number(values.rounds)
const loadMs = { before: 1500, spread: 1000 }
const say = (line: string) => void process.stderr.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), "beforehand-faults-"))
chmodSync(folder, 0o755)
const adminKey = `faults-${randomUUID()}`
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

/** The server writes down where its database is before it listens. */
const databaseUrl = () => readRecord(folder)!.url

async function postmasterPid(): Promise<number> {
  const client = postgres(databaseUrl(), { max: 1 })
  const [row] = await client<{ data_directory: string }[]>`show data_directory`
  await client.end()
  return Number.parseInt(readFileSync(join(row!.data_directory, "postmaster.pid"), "utf8"), 10)
}

/** Seconds until something is acknowledged that was sent after the kill. */
async function recovery(written: Written): Promise<number> {
  const killedAt = performance.now()
  while (written.lastAcknowledgedSentAt < killedAt) await sleep(5)
  return (performance.now() - killedAt) / 1000
}

let killed = { acknowledged: 0, lost: 0, doubled: 0 }
let server = await startServer(settings, address)
say(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; embedded PostgreSQL, durable; ` +
    `${values.writers} writers that retry, ${rounds} rounds of kill -9`,
)
const writing = startWriting({ address, adminKey, writers: Number(values.writers) })
try {
  for (let round = 1; round <= rounds; round++) {
    await sleep(loadMs.before + Math.random() * loadMs.spread)
    const killsServer = round % 2 === 1
    if (killsServer) {
      await server.kill()
      server = await startServer(settings, address)
    } else process.kill(await postmasterPid(), "SIGKILL")
    const seconds = await recovery(writing.written)
    say(`round ${round}: ${killsServer ? "server" : "PostgreSQL"} killed, writing again ${seconds.toFixed(1)} s later`)
  }
  await sleep(1000)
  await writing.stop()
  const { lost, doubled, details } = await countLosses(databaseUrl(), writing.written)
  for (const line of details) say(line)
  const { events, decisions } = writing.written
  say(`${events.size} events and ${decisions.size} decisions acknowledged`)
  killed = { acknowledged: events.size + decisions.size, lost, doubled }
} finally {
  await writing.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

const { closing, close } = closeOnExit()
try {
  const { breaches, losses } = await tryFaults({ seconds: Number(values.seconds), say, closing })
  for (const breach of breaches) say(breach)
  const lost = killed.lost + losses.lost
  const doubled = killed.doubled + losses.doubled
  const figures = { bench: "faults", rounds, ...killed, lost, doubled, breaches: breaches.length }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  if (lost + doubled + breaches.length > 0) process.exitCode = 1
} finally {
  await close()
}
