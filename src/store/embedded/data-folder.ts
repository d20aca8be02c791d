import { execFile } from "node:child_process"
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { promisify } from "node:util"
import type { Place } from "./place.ts"

const run = promisify(execFile)

/** Makes the folder of the embedded database, or says what to do where there can be none. */
export function makeDataFolder(dataDir: string): void {
  try {
    accessSync(nearestExisting(resolve(dataDir)), constants.W_OK)
    mkdirSync(dataDir, { recursive: true })
    accessSync(dataDir, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(
      `the folder ${dataDir} cannot be made or written (${code}); set DATA_DIR to one on a disk that this account may write, or DATABASE_URL to a PostgreSQL`,
    )
  }
}

/** The folder itself or the one that it would be made in; what mkdir says of a read-only disk is that there is no such folder. */
const nearestExisting = (path: string): string => (existsSync(path) ? path : nearestExisting(dirname(path)))

/** Refuses a cluster that another major version of PostgreSQL made, which would stop while starting. */
export async function assertSameMajor({ postgres, dataDirectory }: Place): Promise<void> {
  const made = readFileSync(join(dataDirectory, "PG_VERSION"), "utf8").trim()
  const { stdout } = await run(postgres, ["--version"])
  const own = /\d+/.exec(stdout)![0]
  if (made === own) return
  throw new Error(
    `${dataDirectory} was made by PostgreSQL ${made} and this release brings ${own}; run "beforehand backup" of the release that made it, then "beforehand restore" of this one with an empty DATA_DIR or a DATABASE_URL`,
  )
}
