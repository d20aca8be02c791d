import { randomBytes } from "node:crypto"
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { gunzipSync } from "node:zlib"
import postgres from "postgres"
import { connect } from "../../../src/store/database/database.ts"
import { migrate } from "../../../src/store/database/migrate.ts"
import { type Migration, readMigrations } from "../../../src/store/database/migrations.ts"
import { plantedMigration } from "../../../test/support/planted-migration.ts"
import { itemList } from "../../routes.ts"
import { checkOut, commitOf } from "../answers/checkout.ts"
import { startBalancer } from "./balancer.ts"
import { makeCluster } from "./database-cluster.ts"
import { outcomesOf } from "./judge.ts"
import { prepareReplica, type Replica } from "./replica.ts"
import { startLoad } from "./start-load.ts"

interface RolloverOptions {
  /** The commit of the version before. */
  previous: string
  /** A checkout of that commit with its packages; without it one is made for the run. */
  previousRoot?: string | undefined
  /** True if the logs and the database stay. */
  keep: boolean
  /** Requests a second. */
  rate: number
  /** Seconds for which the versions serve together after each step. */
  seconds: number
  say: (line: string) => void
  /** Gets what ends all this, in the order it began. */
  closing: (() => unknown)[]
}

/** The database that version 0.1 left, with its demo shop of a hundred customers. */
const image = new URL("../../../test/upgrade/old-database.sql.gz", import.meta.url)
const customers = 100
const warmUpMs = 5000
const patienceMs = 30_000
const newKey = () => randomBytes(24).toString("base64url")

const changedTables = ["profiles", "contacts", "events", "decisions", "outcomes", "sends", "identifiers"]

/** Returns what a next version might bring: columns, a backfill in portions, and indexes, on the tables that every answer uses. */
function plantedMigrations(): Migration[] {
  const columns = changedTables.map((table, n) =>
    plantedMigration(`${9000 + n}_column`, [`alter table ${table} add column planted int not null default 0`]),
  )
  const backfill = `do $$ declare after uuid := '00000000-0000-0000-0000-000000000000'; last uuid; begin
    loop
      select customer_id into last from (
        select customer_id from profiles where customer_id > after order by customer_id limit 10) portion
      order by customer_id desc limit 1;
      exit when last is null;
      update profiles set planted = 1 where customer_id > after and customer_id <= last;
      commit;
      perform pg_sleep(0.05);
      after := last;
    end loop;
  end $$`
  const indexes = changedTables.map(
    (table) => `create index concurrently if not exists "${table}_planted" on "${table}" (planted)`,
  )
  return [...columns, plantedMigration("9100_backfill", [backfill, ...indexes], { isConcurrent: true })]
}

/**
 * Rolls a database that version 0.1 left from the version before to this one, and then to a schema of a next version, while servers
 * of both answer the steady mix behind a balancer. Returns how many requests were answered 5xx or not at all.
 */
export async function measureRollover(options: RolloverOptions): Promise<number> {
  const { rate, seconds, keep, say, closing } = options
  const folder = mkdtempSync(join(tmpdir(), "beforehand-rollover-"))
  chmodSync(folder, 0o755)
  if (keep) say(`logs in ${folder}`)
  else closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const previousRoot = options.previousRoot ?? (await installPrevious(folder, options))
  const cluster = await makeCluster({ folder: join(folder, "database"), name: "rollover" })
  closing.push(cluster.stop)
  await cluster.start()
  const url = new URL(cluster.adminUrl)
  url.pathname = "/shop"
  await cluster.administer((sql) => sql`create database shop`)
  const client = postgres(url.href, { max: 1, onnotice: () => {} })
  await client.unsafe(gunzipSync(readFileSync(image)).toString())
  await client.end()

  const keys = { read: newKey(), ingest: newKey() }
  const settings = {
    DATABASE_URL: url.href,
    DEMO: "off",
    REQUESTS_PER_SECOND: "0",
    LOG_LEVEL: "warn",
    READ_KEY: keys.read,
    INGEST_KEY: keys.ingest,
    ADMIN_KEY: newKey(),
  }
  const prepare = async (name: string, root?: string): Promise<Replica> => {
    const replica = await prepareReplica({ settings, logFile: join(folder, `${name}.log`), root })
    closing.push(replica.stop)
    return replica
  }
  const before = await prepare("before", previousRoot)
  const beside = await prepare("beside")
  const after = await prepare("after")
  const back = await prepare("back", previousRoot)
  await before.start()
  const balancer = await startBalancer([before, beside, after, back].map((replica) => replica.url))
  closing.push(balancer.close)
  const listed = await fetch(balancer.url + itemList.path, { headers: { authorization: `Bearer ${keys.read}` } })
  const load = startLoad({ url: balancer.url, keys, rate, customers, itemIds: itemList.ids(await listed.json()) })
  closing.push(() => load.stop(0))
  await sleep(warmUpMs)

  const period = { from: Date.now(), to: Number.POSITIVE_INFINITY }
  const step = async (text: string, work: () => Promise<unknown>) => {
    const from = Date.now()
    await work()
    const tookSeconds = (Date.now() - from) / 1000
    await sleep(seconds * 1000)
    say(`${text} in ${tookSeconds.toFixed(1)} s: ${JSON.stringify(outcomesOf(load.answers, { from, to: Date.now() }))}`)
  }
  const joins = async (replica: Replica) => {
    await replica.start()
    while (!balancer.sendsTo(replica.url)) await sleep(50)
  }
  await step("this version migrates and joins the one before", () => joins(beside))
  await step("both serve while migrations of a next version run", () => migrateFurther(url.href, say))
  await step("this version starts on the schema of the next", () => joins(after))
  await step("the version before starts on it, as in a roll-back", () => joins(back))
  period.to = Date.now()
  while (load.answeredUntil() < period.to) await sleep(50)
  await load.stop(patienceMs)
  for (const [name, replica] of Object.entries({ before, beside, after, back }))
    say(`  ${name}: ${await refusalsOf(replica)} requests refused for want of processors`)
  const asked = load.answers.filter(({ sentAt }) => sentAt >= period.from && sentAt < period.to)
  const failed = asked.filter(({ status }) => status === 0 || status >= 500)
  say(`rollover: ${failed.length} of ${asked.length} requests failed; ${load.waiting()} messages not acknowledged`)
  return failed.length
}

async function refusalsOf({ url }: Replica): Promise<string> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return /^beforehand_refusals_total(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1] ?? "unknown"
}

async function installPrevious(folder: string, { previous, say, closing }: RolloverOptions): Promise<string> {
  const root = process.cwd()
  const checkout = join(folder, "previous")
  say(`installing ${previous} in ${checkout}`)
  const logFile = join(folder, "install.log")
  await checkOut({ root, commit: commitOf(root, previous), folder: checkout, logFile }, closing)
  return checkout
}

async function migrateFurther(url: string, say: (line: string) => void): Promise<void> {
  const { database, close } = connect(url, { connections: 4 })
  try {
    await migrate(database, {
      migrations: [...readMigrations(), ...plantedMigrations()],
      onStep: (text) => say(`  ${text}`),
    })
  } finally {
    await close()
  }
}
