import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import postgres from "postgres"
import { afterAll, beforeAll, expect, inject, test } from "vitest"
import { newId } from "../../../src/start/new-id.ts"
import { checkBackup, restoreBackup } from "../../../src/store/backup/restore-backup.ts"
import { writeBackup } from "../../../src/store/backup/write-backup.ts"
import { createTestDatabase } from "../../support/database.ts"
import { openTestApp } from "../../support/test-app.ts"
import { restoreOldDatabase } from "../../upgrade/old-database.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-backup-"))
const path = join(folder, "shop.backup")
const silent = { onStep: () => {}, onProgress: () => {} }
let source: string

const backUp = (databaseUrl: string, to: string) =>
  writeBackup({ databaseUrl, path: to, version: "0.2.0", nowMs: Date.now(), onProgress: () => {} })

/** The URL of a database that does not exist yet. */
function newDatabaseUrl(): string {
  const url = new URL(inject("postgresUrl"))
  url.pathname = `/restored_${newId().replaceAll("-", "")}`
  return url.href
}

async function on<T>(url: string, work: (client: postgres.Sql) => Promise<T>): Promise<T> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  return work(client).finally(() => client.end())
}

const databasesLike = (url: string) =>
  on(inject("postgresUrl"), async (client) => [
    ...(await client`select datname from pg_database where datname like ${`${new URL(url).pathname.slice(1)}%`}`),
  ])

/** A digest of all rows of each table, whatever partitions hold them. */
const digests = (url: string) =>
  on(url, async (client) => {
    const tables = await client<{ name: string }[]>`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`
    const found: Record<string, unknown> = {}
    for (const { name } of tables) {
      const [row] = await client.unsafe(
        `select count(*), md5(string_agg(line, '' order by line)) from (select t::text as line from "${name}" t) lines`,
      )
      found[name] = row
    }
    return found
  })

const structure = (url: string) =>
  on(url, async (client) => ({
    columns: [
      ...(await client`
      select table_name, column_name, data_type, column_default, is_nullable from information_schema.columns
      where table_schema = 'public' order by 1, 2`),
    ],
    indexes: [...(await client`select tablename, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`)],
  }))

beforeAll(async () => {
  source = await restoreOldDatabase()
  const app = await openTestApp({ databaseUrl: source })
  await app.close()
  await backUp(source, path)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("a backup restores every row, column, index, partition and sequence", async () => {
  const target = newDatabaseUrl()
  const report = await restoreBackup({ databaseUrl: target, path, mayReplace: false, ...silent })
  expect(report.rows).toBeGreaterThan(5000)
  expect(await digests(target)).toEqual(await digests(source))
  const [restored, original] = [await structure(target), await structure(source)]
  expect(restored.columns).toEqual(original.columns)
  expect(withoutNames(restored.indexes)).toEqual(withoutNames(original.indexes))
  const next = (url: string) =>
    on(url, (client) => client`select nextval(pg_get_serial_sequence('webhook_deliveries', 'sequence'))`)
  expect([...(await next(target))]).toEqual([...(await next(source))])
})

const withoutNames = (indexes: readonly postgres.Row[]) =>
  indexes.map(({ tablename, indexdef }) => `${tablename}: ${indexdef.replace(/INDEX \S+ ON/, "INDEX ON")}`).sort()

test("a backup made while rows are written shows one moment", async () => {
  const busy = await createTestDatabase()
  await on(busy, async (client) => {
    const write = (n: number) =>
      client.begin(async (transaction) => {
        await transaction`insert into items values (${`i-${n}`}, '{}', now())`
        await transaction`insert into offers values (${`o-${n}`}, '{}', now())`
      })
    for (let n = 0; n < 200; n++) await write(n)
    let isDone = false
    const writing = (async () => {
      for (let n = 200; !isDone; n++) await write(n)
    })()
    const file = join(folder, "busy.backup")
    await backUp(busy, file).finally(() => {
      isDone = true
    })
    await writing
    const { rowsByTable } = await checkBackup(file, () => {})
    expect(rowsByTable.get("items")).toBeGreaterThanOrEqual(200)
    expect(rowsByTable.get("items")).toBe(rowsByTable.get("offers"))
    const target = newDatabaseUrl()
    await restoreBackup({ databaseUrl: target, path: file, mayReplace: false, ...silent })
    const [unpaired] = await on(
      target,
      (restored) => restored`
      select count(*)::int as rows from items full join offers on substr(items.id, 2) = substr(offers.id, 2)
      where items.id is null or offers.id is null`,
    )
    expect(unpaired).toEqual({ rows: 0 })
  })
})

test("a database of version 0.1 is backed up as it is, and brought to today's schema by the restore", async () => {
  const old = await restoreOldDatabase()
  const file = join(folder, "old.backup")
  await backUp(old, file)
  const target = newDatabaseUrl()
  const { migrated } = await restoreBackup({ databaseUrl: target, path: file, mayReplace: false, ...silent })
  expect(migrated).toBeGreaterThan(9)
  const app = await openTestApp({ databaseUrl: target })
  expect((await app.ask("GET", "/v1/plans")).status).toBe(200)
  await app.close()
})

test("the file is its owner's alone", () => {
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test("a file cut short, damaged, or no backup at all is refused, and nothing is made", async () => {
  const target = newDatabaseUrl()
  const refusal = (file: string) =>
    restoreBackup({ databaseUrl: target, path: file, mayReplace: false, ...silent }).then(
      () => "restored",
      (error: Error) => error.message,
    )
  const copy = (name: string) => {
    const file = join(folder, name)
    copyFileSync(path, file)
    return file
  }
  const cut = copy("cut.backup")
  truncateSync(cut, Math.floor(statSync(path).size / 2))
  expect(await refusal(cut)).toContain("is cut short")
  const endless = join(folder, "endless.backup")
  writeFileSync(endless, gzipSync(gunzipSync(readFileSync(path)).subarray(0, -40)))
  expect(await refusal(endless)).toMatch(/is (cut short|damaged)/)
  for (const share of [0.1, 0.5, 0.9]) {
    const bytes = readFileSync(path)
    bytes[Math.floor(bytes.length * share)]! ^= 0x40
    const file = join(folder, "bent.backup")
    writeFileSync(file, bytes)
    expect(await refusal(file)).toContain("is damaged")
  }
  const text = join(folder, "text.backup")
  writeFileSync(text, "select 1;")
  expect(await refusal(text)).toContain("is not a backup")
  writeFileSync(text, gzipSync("select 1; -- much longer than the first line"))
  expect(await refusal(text)).toContain("is not a backup")
  expect(await refusal(join(folder, "nowhere.backup"))).toContain("there is no file")
  expect(await databasesLike(target)).toEqual([])
})

test("a backup of a newer version is refused", async () => {
  const file = join(folder, "newer.backup")
  const newer = await createTestDatabase()
  await on(
    newer,
    (client) => client`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`,
  )
  await backUp(newer, file)
  await expect(checkBackup(file, () => {})).rejects.toThrow("does not know")
})

test("a database that holds something is replaced only when told so, and a failed restore leaves it", async () => {
  const target = await createTestDatabase()
  const insert = (id: string) => on(target, (client) => client`insert into items values (${id}, '{}', now())`)
  await insert("old")
  const restore = (mayReplace: boolean) => restoreBackup({ databaseUrl: target, path, mayReplace, ...silent })
  await expect(restore(false)).rejects.toThrow("--force")
  await on(target, async (client) => {
    await client`select 1`
    await expect(restore(true)).rejects.toThrow("is in use")
  })
  expect((await digests(target)).items).toMatchObject({ count: "1" })
  await restore(true)
  expect(await digests(target)).toEqual(await digests(source))
})

test("rows that the database refuses end a restore with its reason, and nothing is left", async () => {
  const target = newDatabaseUrl()
  const text = gunzipSync(readFileSync(path)).toString("latin1")
  const file = join(folder, "bad-row.backup")
  writeFileSync(file, gzipSync(Buffer.from(text.replace('"title": ', '"title"; '), "latin1")))
  const restore = restoreBackup({ databaseUrl: target, path: file, mayReplace: false, ...silent })
  await expect(restore).rejects.toThrow("invalid input syntax for type json")
  expect(await databasesLike(target)).toEqual([])
})

test("a backup that fails on its way leaves no file and no connection", async () => {
  const file = join(folder, "failed.backup")
  const onProgress = () => {
    throw new Error("the disk is full")
  }
  const failing = writeBackup({ databaseUrl: source, path: file, version: "0.2.0", nowMs: Date.now(), onProgress })
  await expect(failing).rejects.toThrow("the disk is full")
  expect([existsSync(file), existsSync(`${file}.partial`)]).toEqual([false, false])
  const connections = () =>
    on(inject("postgresUrl"), async (client) => [
      ...(await client`select from pg_stat_activity where datname = ${new URL(source).pathname.slice(1)}`),
    ])
  await expect.poll(connections).toEqual([])
})

test("a backup that cannot be written leaves no file", async () => {
  const file = join(folder, "none.backup")
  const empty = newDatabaseUrl()
  await on(inject("postgresUrl"), (client) => client`create database ${client(new URL(empty).pathname.slice(1))}`)
  await expect(backUp(empty, file)).rejects.toThrow("no tables")
  expect([existsSync(file), existsSync(`${file}.partial`)]).toEqual([false, false])
})
