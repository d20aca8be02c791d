import { existsSync, statSync } from "node:fs"
import type { Command } from "commander"
import { ApiError } from "../core/problem/problem.ts"
import { checkBackup, type RestoreReport, restoreBackup } from "../store/backup/restore-backup.ts"
import { writeBackup } from "../store/backup/write-backup.ts"
import { version } from "../version.ts"
import { assertDatabaseExists, type DatabaseTools, withDatabase } from "./with-database.ts"

const count = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`
const megabytes = (path: string) => `${(statSync(path).size / 1e6).toFixed(1)} MB`

/** Adds `backup`. */
export function describeBackup(command: Command, { environment, progress, print }: DatabaseTools): void {
  command
    .description("write the whole database to one file, while the service runs or not")
    .argument("<file>", "made readable for its owner only: it holds personal data, hashed keys and the signing secret")
    .option("--force", "overwrite the file if it exists", false)
    .addHelpText(
      "after",
      `
The backup shows the database as it was at one moment; reads and writes go on. It is gzip-compressed and
not encrypted. What is not in it: the environment (keys given by variables, PUBLIC_URL, …) and reports.

Examples:
  $ beforehand backup shop-2026-11-28.backup
  $ DATABASE_URL=postgres://… beforehand backup shop.backup`,
    )
    .action(async (path: string, { force }: { force: boolean }) => {
      if (existsSync(path) && !force)
        throw new ApiError("conflict", `${path} exists; name another file, or add --force to overwrite it`)
      const surroundings = environment()
      assertDatabaseExists(surroundings)
      const { tables, rows } = await withDatabase(surroundings, (url) =>
        writeBackup({
          databaseUrl: url,
          path,
          version,
          nowMs: Date.now(),
          onProgress: (told) => progress.update(`  ${told.table}: ${count(told.rows, "row")}`),
        }),
      )
      print(`${path}: ${count(tables, "table")}, ${count(rows, "row")}, ${megabytes(path)}`)
    })
}

function restored({ tables, rows, migrated, header }: RestoreReport): string {
  const onTop = migrated === 0 ? "" : `, ${count(migrated, "migration")} applied on top of version ${header.version}`
  return `restored ${count(tables, "table")}, ${count(rows, "row")} of ${header.madeAt}${onTop}; start the service with: beforehand start`
}

/** Adds `restore`. */
export function describeRestore(command: Command, { environment, progress, print }: DatabaseTools): void {
  command
    .description("make the database anew from a backup, in an empty data folder or database")
    .argument("<file>", "written by: beforehand backup")
    .option("--force", "replace a database that holds something", false)
    .option("--check", "only read the file through and say what it holds", false)
    .addHelpText(
      "after",
      `
The file is checked first, then restored into a second database, counted and brought to this version's
schema; only then does it take the place of the old one. Stop the service before. A backup of an older
version is fine, one of a newer version is refused. With DATABASE_URL the account needs CREATEDB, and
grants and settings of the old database are not carried over.

Examples:
  $ beforehand restore shop-2026-11-28.backup --check
  $ DATA_DIR=/srv/beforehand beforehand restore shop-2026-11-28.backup
  $ beforehand restore shop-2026-11-28.backup --force`,
    )
    .action(async (path: string, { force, check }: { force: boolean; check: boolean }) => {
      // Read through before anything is made: a data folder is not begun for a file that cannot be restored.
      const checked = await checkBackup(path, progress.step)
      if (check) {
        const { header, rowsByTable, rows } = checked
        const size = `${count(rowsByTable.size, "table")}, ${count(rows, "row")}`
        print(`${path} is whole: ${size} of ${header.madeAt}, made by version ${header.version}`)
        return
      }
      const report = await withDatabase(environment(), (url) =>
        restoreBackup({
          databaseUrl: url,
          path,
          checked,
          mayReplace: force,
          onStep: progress.step,
          onProgress: (told) => progress.update(`  ${told.table}: ${count(told.rows, "row")} so far`),
        }),
      )
      print(restored(report))
    })
}
