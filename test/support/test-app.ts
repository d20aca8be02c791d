import pino, { type Logger } from "pino"
import postgres from "postgres"
import { createKey } from "../../src/actions/access/create-key.ts"
import { createApp } from "../../src/app.ts"
import { parseConfig } from "../../src/config.ts"
import { type Scope, scopes } from "../../src/core/access/scope.ts"
import type { AcceptanceCount } from "../../src/core/propensity/smoothed-rates.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { Api } from "../../src/http/server/api.ts"
import type { Services } from "../../src/services.ts"
import { newId } from "../../src/start/new-id.ts"
import { openStore } from "../../src/store/open-store.ts"
import { followCatalogue } from "../../src/work/follow-catalogue.ts"
import { followExperiments } from "../../src/work/follow-experiments.ts"
import { followInterest } from "../../src/work/follow-interest.ts"
import { followPolicies } from "../../src/work/follow-policies.ts"
import { followRelease } from "../../src/work/follow-release.ts"
import { followSettings } from "../../src/work/follow-settings.ts"
import { followSharedIdentifiers } from "../../src/work/follow-shared-identifiers.ts"
import { tester } from "./actor.ts"
import { createTestDatabase } from "./database.ts"
import { responseSchemaOf } from "./response-schema.ts"

interface Question {
  key?: Scope | "none"
  body?: unknown
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  json: Record<string, unknown>
}

export interface TestApp {
  app: Api
  services: Services
  keys: Record<Scope, string>
  databaseUrl: string
  /** Asks a route; a 2xx that breaks the route's response schema fails the test. */
  ask(method: string, path: string, question?: Question): Promise<Answer>
  /** Brings what was written into the catalogue in memory. */
  refreshCatalogue(): Promise<void>
  setAcceptances(counts: readonly AcceptanceCount[]): void
  /** One statement on the application's database. */
  sql(statement: string): Promise<Record<string, unknown>[]>
  /** Moves the clock on. */
  advance(ms: number): void
  close(): Promise<void>
}

/** The whole application on a real database of its own, called without a socket; it follows promotions unless it is given a release. */
export async function openTestApp(
  options: { databaseUrl?: string; release?: Release; environment?: Record<string, string>; log?: Logger } = {},
): Promise<TestApp> {
  const databaseUrl = options.databaseUrl ?? (await createTestDatabase())
  const log = options.log ?? pino({ level: "silent" })
  const store = await openStore({ databaseUrl, allowVolatile: true, log })
  let aheadMs = 0
  let acceptances: readonly AcceptanceCount[] = []
  const clock = () => Date.now() + aheadMs
  const interest = followInterest({ store, log }, { pauseMs: 60_000 })
  const catalogue = await followCatalogue({ store, clock, log, interest })
  const settings = await followSettings({ store, log })
  const policies = await followPolicies({ store, settings, clock, log })
  const experiments = await followExperiments({ store, log })
  const sharedIdentifiers = await followSharedIdentifiers({ store, log })
  const live = options.release ? null : await followRelease({ store, log }, { pauseMs: 100 })
  const services: Services = {
    // Tests that sell would else meet the holdout, by the hash of an id.
    config: parseConfig({ HOLDOUT_SHARE: "0", ...options.environment }),
    store,
    live: live ?? { current: () => options.release! },
    catalogue,
    acceptances: { current: () => acceptances },
    policies,
    experiments,
    settings,
    sharedIdentifiers,
    clock,
    newId,
    log,
  }
  const made = await Promise.all(scopes.map((scope) => createKey(services, { scope, name: "test" }, tester)))
  const keys = Object.fromEntries(made.map(({ scope, key }) => [scope, key])) as Record<Scope, string>
  const app = createApp(services)
  return {
    app,
    services,
    keys,
    databaseUrl,
    async ask(method, path, { key = "admin", body, headers = {} } = {}) {
      const response = await app.request(path, {
        method,
        headers: {
          ...(key !== "none" && { authorization: `Bearer ${keys[key]}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "")
      const json = isJson ? JSON.parse(text) : {}
      if (response.ok && isJson) responseSchemaOf(app, method, path)?.parse(json)
      return { status: response.status, headers: response.headers, text, json }
    },
    async refreshCatalogue() {
      await interest.refresh()
      await catalogue.refresh()
    },
    async sql(statement) {
      const client = postgres(databaseUrl, { max: 1 })
      try {
        return [...(await client.unsafe(statement))]
      } finally {
        await client.end()
      }
    },
    setAcceptances: (counts) => {
      acceptances = counts
    },
    advance: (ms) => {
      aheadMs += ms
    },
    async close() {
      await live?.stop()
      await sharedIdentifiers.stop()
      await experiments.stop()
      await settings.stop()
      await policies.stop()
      await interest.stop()
      await catalogue.stop()
      await store.close()
    },
  }
}
