/**
 * Makes `old-database.sql.gz` and `old-answers.json.gz` anew: `npm run upgrade:make`. The commit is checked out and installed in a
 * temporary folder, or found in OLD_CHECKOUT; its server makes a small demo shop and is used as its users would.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import pino from "pino"
import postgres from "postgres"
import { openEmbedded } from "../../src/store/embedded/embedded.ts"
import { dumpDatabase } from "./dump-database.ts"
import { type OldAnswers, runScenario } from "./scenario.ts"

/** The last commit of version 0.1 whose databases the upgrade test begins from. */
const commit = "e2a8c94b82f7c29358632f4803af117d4d0e4a5e"
const port = 4567
const origin = `http://127.0.0.1:${port}`

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "beforehand-upgrade-"))
const checkout = process.env.OLD_CHECKOUT ?? join(folder, "checkout")
const say = (text: string) => process.stderr.write(`${text}\n`)

if (process.env.OLD_CHECKOUT === undefined) {
  say(`installing ${commit.slice(0, 7)} in ${checkout}`)
  execFileSync("git", ["worktree", "add", "--detach", checkout, commit], { stdio: "inherit" })
  execFileSync("npm", ["ci"], { cwd: checkout, stdio: "inherit" })
}
const embedded = await openEmbedded({ dataDir: join(folder, "data"), volatile: true, log: pino({ level: "silent" }) })
const environment = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  DATABASE_URL: embedded.url,
  DEMO: "on",
  ALLOW_VOLATILE: "1",
  PORT: String(port),
  LOG_LEVEL: "warn",
  PUBLIC_URL: "https://mail.example",
}
const command = ["--import", "tsx", "src/cli.ts"]
const run = (...args: string[]) =>
  execFileSync(process.execPath, [...command, ...args], { cwd: checkout, env: environment, encoding: "utf8" }).trim()
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, "exit")
  child.kill("SIGTERM")
  await exited
}
let server: ChildProcess | undefined
try {
  say("starting its server on a small demo shop")
  const args = [...command, "start", "--world", here("old-world.json")]
  server = spawn(process.execPath, args, { cwd: checkout, env: environment, stdio: ["ignore", "ignore", "inherit"] })
  while (!(await fetch(`${origin}/ready`).catch(() => undefined))?.ok) {
    if (server.exitCode !== null) throw new Error("the server of then ended")
    await sleep(500)
  }
  const makeKey = (scope: string) => run("keys", "create", "--scope", scope, "--name", `upgrade test, ${scope}`)
  const keys = {
    admin: makeKey("admin"),
    ingest: makeKey("ingest"),
    read: makeKey("read"),
    write: makeKey("write"),
  }
  const revokedKey = makeKey("read")
  const revoked = run("keys", "list")
    .split("\n")
    .find((line) => line.includes(revokedKey.slice(0, 12)))!
  run("keys", "revoke", revoked.split(" ")[0]!)
  run("evaluate", "--days", "20", "--report", join(folder, "reports"))
  say("using it as its users would")
  const answers: OldAnswers = { commit, revokedKey, ...(await runScenario(origin, keys)) }
  await end(server)
  const client = postgres(embedded.url, { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } })
  const text = await dumpDatabase(client, join(checkout, "drizzle"))
  await client.end()
  const write = (name: string, content: string) => {
    const packed = gzipSync(content, { level: 9 })
    writeFileSync(here(name), packed)
    say(`${name}: ${content.length} characters, ${packed.length} bytes packed`)
  }
  write("old-database.sql.gz", text)
  write("old-answers.json.gz", JSON.stringify(answers))
} finally {
  if (server) await end(server)
  await embedded.stop()
  if (process.env.OLD_CHECKOUT === undefined)
    execFileSync("git", ["worktree", "remove", "--force", checkout], { stdio: "inherit" })
  rmSync(folder, { recursive: true, force: true })
}
