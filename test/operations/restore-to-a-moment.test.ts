import { execFile, execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import postgres from "postgres"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { serverAccount } from "../../src/store/embedded/account.ts"
import { freePort } from "../../src/store/embedded/cluster.ts"
import type { Store } from "../../src/store/store.ts"
import { openTestStore } from "../support/database.ts"
import { commandsUnder } from "../support/documented-commands.ts"

/** Folders of a PostgreSQL with its tools, which the embedded one comes without. */
const installed = existsSync("/usr/lib/postgresql")
  ? readdirSync("/usr/lib/postgresql").map((version) => `/usr/lib/postgresql/${version}/bin`)
  : []
const tools = installed.find((bin) => ["pg_basebackup", "initdb", "psql"].every((tool) => existsSync(join(bin, tool))))

// Without a PostgreSQL of the system there is no pg_basebackup that fits a server.
describe.skipIf(tools === undefined)("with an installed PostgreSQL", () => {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-moment-"))
  const account = serverAccount()
  const [dataFolder, backups] = [join(folder, "data"), join(folder, "backups")]
  const password = randomBytes(12).toString("hex")
  let url: string
  let run: (script: string, moment?: string) => Promise<string>

  beforeAll(async () => {
    const port = await freePort()
    url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    for (const path of [folder, backups, join(backups, "wal")]) {
      mkdirSync(path, { recursive: true })
      if (account) chownSync(path, account.uid, account.gid)
    }
    chmodSync(folder, 0o755)
    const environment = {
      ADMIN_URL: url,
      PGDATA: dataFolder,
      BACKUPS: backups,
      LC_ALL: "C",
      PATH: `${tools}:/usr/bin:/bin`,
    }
    run = async (script, moment = "") => {
      const options = { ...account, cwd: "/", env: { ...environment, MOMENT: moment } }
      return (await promisify(execFile)("bash", ["-euc", script], options)).stdout
    }
    const passwordFile = join(folder, "password")
    writeFileSync(passwordFile, password)
    await run(
      `initdb --pgdata="$PGDATA" --username=postgres --pwfile=${passwordFile} --auth=scram-sha-256 --encoding=UTF8`,
    )
    const settings = [`port = ${port}`, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''"]
    await run(`printf '%s\\n' "${settings.join('" "')}" >> "$PGDATA/postgresql.conf"`)
    await run('pg_ctl start --pgdata="$PGDATA" --log="$BACKUPS/server.log" --wait')
  })
  afterAll(async () => {
    await run('pg_ctl stop --pgdata="$PGDATA" --mode=immediate')
    rmSync(folder, { recursive: true, force: true })
  })

  const clock = async () => {
    const client = postgres(url, { max: 1 })
    const [row] = await client<{ now: string }[]>`select clock_timestamp()::text as now`
    await client.end()
    return row!.now
  }
  const kept = async (store: Store) =>
    Promise.all(["morning", "noon", "evening"].map((name) => store.settings.read(name)))

  test("the documented commands bring a database back to a moment after its copy, with what the archive lacked", async () => {
    const [archive, copy, restore, check] = commandsUnder("docs/operations/backup.md", "Restore to a moment")
    await run(archive!)
    const store = await openTestStore(url)
    await store.settings.writeOnce("morning", "before the copy")
    await run(copy!)
    await store.settings.writeOnce("noon", "after the copy")
    const moment = await clock()
    await store.settings.writeOnce("evening", "a mistake")
    expect(await kept(store)).toEqual(["before the copy", "after the copy", "a mistake"])
    await store.close()

    await run(restore!, moment)
    const restored = await openTestStore(url)
    expect(await kept(restored)).toEqual(["before the copy", "after the copy", null])
    expect((await restored.settings.writeOnce("evening", "as it should be")).toString()).toBe("as it should be")
    await restored.close()
    const env = { ...process.env, DATABASE_URL: url, ALLOW_VOLATILE: "1", LOG_LEVEL: "warn" }
    expect(execFileSync("bash", ["-euc", check!], { env, encoding: "utf8" })).toContain("the schema is current")
  }, 240_000)
})
