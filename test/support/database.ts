import { randomBytes } from "node:crypto"
import pino from "pino"
import postgres from "postgres"
import { inject } from "vitest"
import { openStore } from "../../src/store/open-store.ts"
import type { Store } from "../../src/store/store.ts"

/** A new migrated database of the shared server; returns its URL, which leads through the pooler where the run has one. */
export async function createTestDatabase(): Promise<string> {
  const url = new URL(inject("postgresUrl"))
  const administrator = postgres(url.href, { max: 1, onnotice: () => {} })
  const name = `test_${randomBytes(8).toString("hex")}`
  await administrator`create database ${administrator(name)} template template_migrated`
  await administrator.end()
  const given = new URL(inject("pooledUrl") ?? url)
  given.pathname = `/${name}`
  return given.href
}

/** A store on a new database, or on that of `databaseUrl`; close it in `afterAll`. */
export async function openTestStore(databaseUrl?: string): Promise<Store> {
  return openStore({
    databaseUrl: databaseUrl ?? (await createTestDatabase()),
    allowVolatile: true,
    log: pino({ level: "silent" }),
  })
}
