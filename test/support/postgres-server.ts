import { randomBytes } from "node:crypto"
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import postgres from "postgres"
import type { TestProject } from "vitest/node"
import { connect } from "../../src/store/database/database.ts"
import { migrate } from "../../src/store/database/migrate.ts"
import {
  becomesReady,
  freePort,
  initializeCluster,
  spawnCluster,
  stopCluster,
} from "../../src/store/embedded/cluster.ts"
import { placeCluster } from "../../src/store/embedded/place.ts"
import { type Pooler, type PoolMode, startPooler } from "./pooler.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The administrator's URL of the cluster that all test files share. */
    postgresUrl: string
    /** The same through a pooler; `null` where `POOL_MODE` asks for none. */
    pooledUrl: string | null
  }
}

/** One real PostgreSQL for the whole run, fast because volatile, with a migrated template that databases are made from. */
export default async function startPostgres(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-test-"))
  chmodSync(folder, 0o755)
  const place = await placeCluster(folder, "test")
  const password = randomBytes(16).toString("hex")
  await initializeCluster(place, password)
  const port = await freePort()
  const logFile = join(folder, "postgres.log")
  const pid = await spawnCluster(place, { port, logFile, volatile: true })
  let pooler: Pooler | undefined
  const stop = async () => {
    await pooler?.stop()
    await stopCluster(pid)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    if (!(await becomesReady(url, pid))) throw new Error(`PostgreSQL did not start:\n${readFileSync(logFile, "utf8")}`)
    await makeTemplate(url)
    project.provide("postgresUrl", url)
    const mode = process.env.POOL_MODE as PoolMode | undefined
    if (mode) pooler = await startPooler(url, mode)
    project.provide("pooledUrl", pooler?.through(url) ?? null)
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

async function makeTemplate(url: string): Promise<void> {
  const administrator = postgres(url, { max: 1, onnotice: () => {} })
  await administrator`create database template_migrated`
  await administrator.end()
  const templateUrl = new URL(url)
  templateUrl.pathname = "/template_migrated"
  const template = connect(templateUrl.href)
  await migrate(template.database).finally(template.close)
}
