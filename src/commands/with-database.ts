import type { Logger } from "pino"
import type { Config } from "../config.ts"
import { ApiError } from "../core/problem/problem.ts"
import { openEmbedded } from "../store/embedded/embedded.ts"
import { readRecord } from "../store/embedded/record.ts"
import type { Progress } from "./progress.ts"

/** Tools of the commands that work on the database itself. */
export interface DatabaseTools {
  environment: () => { config: Config; log: Logger }
  progress: Progress
  print: (text: string) => void
}

type Surroundings = ReturnType<DatabaseTools["environment"]>

/** Throws where neither a data folder nor `DATABASE_URL` names a database that exists. */
export function assertDatabaseExists({ config: { databaseUrl, dataDir } }: Surroundings): void {
  if (databaseUrl === undefined && readRecord(dataDir) === undefined)
    throw new ApiError("notFound", `there is no database in ${dataDir}; set DATA_DIR or DATABASE_URL`)
}

/** Runs work on the URL of the configured database, starting the embedded server for as long if it does not run. */
export async function withDatabase<T>({ config, log }: Surroundings, work: (url: string) => Promise<T>): Promise<T> {
  log.level = config.logLevel === "info" ? "warn" : config.logLevel
  const { databaseUrl, dataDir, allowVolatile } = config
  if (databaseUrl !== undefined) return work(databaseUrl)
  const embedded = await openEmbedded({ dataDir, volatile: allowVolatile, log })
  try {
    return await work(embedded.url)
  } finally {
    await embedded.stop()
  }
}
