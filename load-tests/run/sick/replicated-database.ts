import { randomBytes } from "node:crypto"
import { chownSync, lchownSync, writeFileSync } from "node:fs"
import { copyFile, mkdir, readdir, rm } from "node:fs/promises"
import { join, relative } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Account } from "../../../src/store/embedded/account.ts"
import { makeDataDirectory } from "../../../src/store/embedded/place.ts"
import { type DatabaseCluster, makeCluster, placeDatabase } from "./database-cluster.ts"

/** A primary and its synchronous standby, with a database that a role without superuser's rights owns. */
export interface ReplicatedDatabase {
  primary(): DatabaseCluster
  standby(): DatabaseCluster
  /** The service's address of the database at one of the two. */
  urlAt(cluster: DatabaseCluster): string
  /** The same as the superuser. */
  adminUrl(): string
  /** Starts the primary, or starts it again, and waits for the standby. */
  startPrimary(): Promise<void>
  /** Starts the standby again; commits that wait for it go on. */
  startStandby(): Promise<void>
  /** Makes the standby, which may have to be started for it, the primary, once the primary is gone; from then on commits wait for nobody. */
  promoteStandby(): Promise<void>
  /** Makes the one that is no primary a new standby from a copy taken while the primary serves. */
  rebuildStandby(): Promise<void>
  stop(): Promise<void>
}

export const serviceRole = "beforehand"
const database = "shop"
const awaitsStandby = { synchronous_standby_names: "*" }

/** Makes both in two folders and starts them. */
export async function openReplicatedDatabase(folders: readonly [string, string]): Promise<ReplicatedDatabase> {
  const password = randomBytes(16).toString("hex")
  let primary = await makeCluster({ folder: folders[0], name: "first", password })
  let standby = await placeDatabase({ folder: folders[1], name: "second", password })
  const standbySettings = () => ({
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres password=${password} application_name=standby`,
  })
  const replicates = async () => {
    while (!(await primary.administer(isStreaming))) await sleep(50)
  }
  const replicated: ReplicatedDatabase = {
    primary: () => primary,
    standby: () => standby,
    urlAt: ({ port }) => `postgres://${serviceRole}:${password}@127.0.0.1:${port}/${database}`,
    adminUrl() {
      const url = new URL(primary.adminUrl)
      url.pathname = `/${database}`
      return url.href
    },
    async startPrimary() {
      await primary.start(awaitsStandby)
      await replicates()
    },
    async startStandby() {
      await standby.start(standbySettings())
      await replicates()
    },
    async promoteStandby() {
      if (!standby.isRunning()) await standby.start(standbySettings())
      await standby.administer((sql) => sql`select pg_promote(true, 30)`)
      ;[primary, standby] = [standby, primary]
    },
    async rebuildStandby() {
      await standby.stop()
      await copyWhileServing(primary, standby)
      await replicated.startStandby()
      primary.configure(awaitsStandby)
    },
    async stop() {
      await standby.stop()
      await primary.stop()
    },
  }
  try {
    await primary.start()
    await primary.administer(async (sql) => {
      await sql.unsafe(`create role ${serviceRole} login password '${password}'`)
      await sql.unsafe(`create database ${database} owner ${serviceRole}`)
    })
    await replicated.rebuildStandby()
  } catch (error) {
    await replicated.stop()
    throw error
  }
  return replicated
}

const isStreaming: Parameters<DatabaseCluster["administer"]>[0] = async (sql) =>
  (await sql`select from pg_stat_replication where state = 'streaming'`).length > 0

/** Copies a serving primary by PostgreSQL's low-level backup: the copy becomes whole with the log that it streams afterwards. */
async function copyWhileServing(from: DatabaseCluster, to: DatabaseCluster): Promise<void> {
  const target = to.place.dataDirectory
  const { account } = to.place
  await rm(target, { recursive: true, force: true })
  await from.administer(async (sql) => {
    await sql`select pg_backup_start('standby', true)`
    makeDataDirectory(target, account)
    await copyFolder(from.place.dataDirectory, target, account)
    const [stopped] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`
    for (const [name, text] of [
      ["backup_label", stopped!.labelfile],
      ["standby.signal", ""],
    ] as const) {
      writeFileSync(join(target, name), text, { mode: 0o600 })
      if (account) chownSync(join(target, name), account.uid, account.gid)
    }
  })
}

/** Files of the running server, and the log, which the standby gets from the primary. */
const notCopied = /^(postmaster\.(pid|opts)|standby\.signal|pg_wal\/(?!archive_status$|summaries$).+|pg_replslot\/.+)$/

async function copyFolder(source: string, target: string, account: Account | undefined): Promise<void> {
  const own = (path: string) => account && lchownSync(path, account.uid, account.gid)
  const copy = async (folder: string) => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      const name = relative(source, path)
      if (notCopied.test(name)) continue
      const copied = join(target, name)
      if (entry.isDirectory()) {
        await mkdir(copied, { mode: 0o700 })
        own(copied)
        await copy(path)
      } else {
        await copyFile(path, copied).then(() => own(copied), ignoreGone)
      }
    }
  }
  await copy(source)
}

/** A table or temporary file may be removed while the copy is made; the log says so too. */
function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error
}
