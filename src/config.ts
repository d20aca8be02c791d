import { BlockList } from "node:net"
import { pathToFileURL } from "node:url"
import { z } from "zod"
import type { Scope } from "./core/access/scope.ts"
import type { ArmShares } from "./core/decision/arm.ts"
import type { BrowserOrders } from "./core/history/browser-event.ts"
import { parseAddressRanges } from "./start/address-ranges.ts"
import type { Lifetimes } from "./store/database/data-inventory.ts"

/** Headings under which variables are listed. */
export const variableGroups = {
  serving: "Serving",
  database: "Database",
  keys: "Keys",
  browsers: "Browsers and links",
  effect: "Measuring the effect",
  limits: "Limits",
  lifetimes: "Lifetimes",
} as const

/** One environment variable: all that code, documents and errors say of it. */
export interface Variable<Value = unknown> {
  group: keyof typeof variableGroups
  description: string
  /** Value where the variable is not set; absent: none. */
  default?: string
  /** Effect of leaving it out, where there is no default. */
  without?: string
  unit?: string
  /** The values it takes, in words. */
  allowed: string
  /** True if its value must not be shown. */
  isSecret?: true
  /** Reads a value; `undefined` where it is unusable. */
  read(given: string): Value | undefined
}

type About = Pick<Variable, "group" | "description" | "unit" | "without">

/** Declares a variable; one without a default may be absent. */
const optional = <Value>(about: About, how: Pick<Variable<Value>, "allowed" | "read" | "isSecret">) => ({
  ...about,
  ...how,
})

const withDefault = <Value>(about: About, fallback: string, how: Pick<Variable<Value>, "allowed" | "read">) => ({
  ...about,
  ...how,
  default: fallback,
})

interface Range {
  from: number
  to: number
  default: number
}

const whole = (about: About, { from, to, default: fallback }: Range) =>
  withDefault(about, String(fallback), {
    allowed: `a whole number from ${from} to ${to}`,
    read(given) {
      const value = /^\d+$/.test(given) ? Number(given) : Number.NaN
      return value >= from && value <= to ? value : undefined
    },
  })

const orWords = (words: readonly string[]) =>
  words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`

/** A share of customers, written as a decimal such as 0.02. */
const share = (about: About, { to, default: fallback }: Pick<Range, "to" | "default">) =>
  withDefault(about, String(fallback), {
    allowed: `a share from 0 to ${to}, such as 0.02`,
    read(given) {
      const value = /^(\d+(\.\d*)?|\.\d+)$/.test(given) ? Number(given) : Number.NaN
      return value >= 0 && value <= to ? value : undefined
    },
  })

function among<Word extends string>(words: readonly Word[]) {
  const read = (given: string) => words.find((word) => word === given)
  return { allowed: orWords(words), read }
}

const flag = (about: About) =>
  withDefault(about, "0", { allowed: "0 or 1", read: (given) => (/^[01]$/.test(given) ? given === "1" : undefined) })

const onOrOff = {
  allowed: "on or off",
  read: (given: string) => (given === "on" ? true : given === "off" ? false : undefined),
}

const text = (allowed: string, pattern: RegExp) => ({
  allowed,
  read: (given: string) => (pattern.test(given) ? given : undefined),
})

function url(protocol: RegExp, allowed: string) {
  const schema = z.url({ protocol })
  return { allowed, read: (given: string) => (schema.safeParse(given).success ? given : undefined) }
}

const key = (scope: Scope, who: string) =>
  optional(
    { group: "keys", description: `Key of scope \`${scope}\`: ${who}`, without: "made at the first start" },
    { ...text("at least 16 characters", /^.{16,}$/s), isSecret: true },
  )

const days = (kept: string, fallback: number) =>
  whole(
    { group: "lifetimes", description: `How long ${kept} are kept`, unit: "days" },
    { from: 7, to: 36_500, default: fallback },
  )

const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/i

/** Every environment variable that the service reads. */
export const variables = {
  PORT: whole(
    { group: "serving", description: "Port to listen on; 0: any free one" },
    { from: 0, to: 65_535, default: 3000 },
  ),
  HOST: withDefault(
    { group: "serving", description: "Address to listen on; `0.0.0.0`: all" },
    "127.0.0.1",
    text("a host name or address", /^\S+$/),
  ),
  TRUSTED_PROXIES: optional(
    {
      group: "serving",
      description:
        "Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, separated by commas; `loopback`, `private`: those networks",
      without: "nobody's are",
    },
    { allowed: "loopback, private, addresses, or ranges such as 10.1.0.0/16", read: parseAddressRanges },
  ),
  PROCESSES: whole(
    { group: "serving", description: "Serving processes behind the port" },
    { from: 1, to: 256, default: 1 },
  ),
  START_TIMEOUT: whole(
    {
      group: "serving",
      description: "Time that a start waits for the database of `DATABASE_URL` and its schema before it ends",
      unit: "seconds",
    },
    { from: 0, to: 86_400, default: 300 },
  ),
  DRAIN_DELAY: whole(
    {
      group: "serving",
      description: "Time between SIGTERM, when `/ready` turns to 503, and closing the port",
      unit: "seconds",
    },
    { from: 0, to: 300, default: 0 },
  ),
  LOG_LEVEL: withDefault(
    { group: "serving", description: "Least severe lines to log" },
    "info",
    among(["silent", "error", "warn", "info", "debug"]),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    {
      group: "serving",
      description: "Collector of OpenTelemetry traces, by OTLP over HTTP",
      without: "nothing is traced",
    },
    url(/^https?$/, "an address such as http://collector:4318"),
  ),
  DATABASE_URL: optional(
    { group: "database", description: "PostgreSQL to use", without: "embedded, under `DATA_DIR`" },
    { ...text("postgres://user:password@host:port/database", /^(postgres(ql)?|file):\/\/\S+$/), isSecret: true },
  ),
  DATABASE_URL_FILE: optional(
    {
      group: "database",
      description: "File that holds the URL instead, read again for every new connection",
      without: "`DATABASE_URL` stands",
    },
    text("a path", /./),
  ),
  DATABASE_CONNECTIONS: whole(
    { group: "database", description: "Connections that one process opens at most" },
    { from: 4, to: 1000, default: 10 },
  ),
  DATABASE_STATEMENT_TIMEOUT: whole(
    {
      group: "database",
      description: "Longest time of a statement of bulk work; 0: no limit. Requests have limits of their own",
      unit: "seconds",
    },
    { from: 0, to: 86_400, default: 0 },
  ),
  DATA_DIR: withDefault(
    { group: "database", description: "Folder of the embedded PostgreSQL" },
    ".data",
    text("a path", /./),
  ),
  DEMO: optional(
    {
      group: "database",
      description: "Whether an empty database gets the demo shop",
      without: "only an embedded one",
    },
    onOrOff,
  ),
  MIGRATE: withDefault(
    {
      group: "database",
      description:
        "Whether a start applies pending migrations, where its role owns the tables; off: it waits for `beforehand migrate`",
    },
    "on",
    onOrOff,
  ),
  ALLOW_VOLATILE: flag({
    group: "database",
    description: "1: accept a database that may lose acknowledged writes; for tests",
  }),
  ADMIN_KEY: key("admin", "may do everything"),
  MANAGE_KEY: key("manage", "offers, policies, drafts of plans"),
  READ_KEY: key("read", "questions from servers"),
  INGEST_KEY: key("ingest", "facts from servers"),
  WRITE_KEY: key("write", "public, for browsers"),
  CORS_ORIGINS: withDefault(
    { group: "browsers", description: "Origins whose pages may call, separated by commas" },
    "*",
    {
      allowed: "* or origins such as https://shop.example",
      read(given) {
        const origins = given.split(",").map((part) => part.trim())
        return origins.every((part) => part === "*" || part === "null" || origin.test(part)) ? origins : undefined
      },
    },
  ),
  PUBLIC_URL: optional(
    {
      group: "browsers",
      description: "Where customers reach this service; links in content count clicks through it",
      without: "links lead to the shop",
    },
    url(/^https?$/, "an address such as https://shop.example"),
  ),
  BROWSER_ORDERS: withDefault(
    { group: "browsers", description: "Orders told with the public key: claims until confirmed, or facts" },
    "claimed",
    among(["claimed", "trusted"] satisfies BrowserOrders[]),
  ),
  WEBHOOKS_PRIVATE: flag({ group: "browsers", description: "1: webhooks may go to private networks" }),
  REQUESTS_PER_SECOND: whole(
    { group: "limits", description: "Requests and events of one key at one process; 0: no limit", unit: "per second" },
    { from: 0, to: 1_000_000, default: 1000 },
  ),
  CLIENT_REQUESTS_PER_SECOND: whole(
    {
      group: "limits",
      description: "Requests and events with public keys of one client address at one process; 0: no limit",
      unit: "per second",
    },
    { from: 0, to: 1_000_000, default: 0 },
  ),
  MAX_IN_FLIGHT: whole(
    {
      group: "limits",
      description:
        "Questions that one process answers at once, beside half as many writes and a quarter as many others",
    },
    { from: 1, to: 100_000, default: 128 },
  ),
  HOLDOUT_SHARE: share(
    {
      group: "effect",
      description:
        "Customers of the universal holdout, who are not sold to by `decide`, content, triggers and plans for a quarter, so that their effect can be measured; 0 turns it off",
      unit: "share",
    },
    { to: 0.5, default: 0.02 },
  ),
  PROPENSITY_ONLY_SHARE: share(
    {
      group: "effect",
      description: "Customers for whom offers are valued without increments, to measure what those add",
      unit: "share",
    },
    { to: 0.2, default: 0 },
  ),
  RANDOM_RELEVANT_SHARE: share(
    {
      group: "effect",
      description:
        "Customers who are given an offer at random among those that may be made, to measure what choosing adds",
      unit: "share",
    },
    { to: 0.2, default: 0 },
  ),
  RECORD_TIMEOUT_MS: whole(
    {
      group: "limits",
      description: "How long `recommend` and `rank` wait for their record before they answer without it",
      unit: "milliseconds",
    },
    { from: 10, to: 2000, default: 300 },
  ),
  EVENTS_DAYS: days("events", 760),
  DECISIONS_DAYS: days("decisions, outcomes and releases that were live", 400),
  MESSAGES_DAYS: days("ids of accepted messages", 45),
  CONTENTS_DAYS: days("rendered contents", 90),
  WEBHOOKS_DAYS: days("webhook messages", 30),
  SENDS_DAYS: days("sends of plans", 760),
  VISITORS_DAYS: days("visitors known by a device alone, after their last event,", 400),
  RELEASES_DAYS: days("releases that were never live", 90),
  AUDIT_DAYS: days("entries of the audit log", 760),
} satisfies Record<string, Variable>

type Variables = typeof variables
type VariableName = keyof Variables
type ReadValue<Name extends VariableName> = NonNullable<ReturnType<Variables[Name]["read"]>>
type Values = {
  [Name in VariableName]: Variables[Name] extends { default: string } ? ReadValue<Name> : ReadValue<Name> | undefined
}

export interface Config {
  port: number
  host: string
  /** Addresses whose word on the client and on this service's own address is believed. */
  trustedProxies: BlockList
  /** Number of processes that serve on the port, best one a core. */
  processes: number
  /** Milliseconds that a start waits for the database and its schema. */
  startTimeoutMs: number
  /** Milliseconds in which balancers see that a process is stopping, before it closes its port. */
  drainDelayMs: number
  /** URL of the database, or of the file that holds it; absent: the embedded server. */
  databaseUrl: string | undefined
  /** Connections that one process opens at most. */
  databaseConnections: number
  /** Milliseconds; 0: no limit. */
  statementTimeoutMs: number
  dataDir: string
  /** True if an empty database gets the demo shop. */
  demo: boolean
  /** False if pending migrations are left to the command `migrate`. */
  mayMigrate: boolean
  allowVolatile: boolean
  logLevel: Values["LOG_LEVEL"]
  /** Address of the collector of traces; absent: nothing is traced. */
  tracesEndpoint: string | undefined
  corsOrigins: readonly string[]
  /** Of each key, at each process; 0: as many as it likes. */
  requestsPerSecond: number
  /** Of each client address with public keys, at each process; 0: as many as it likes. */
  clientRequestsPerSecond: number
  /** Questions answered at once by one process; more than these are told to come back. */
  maxInFlight: number
  /** Time that `recommend` and `rank` wait for their record, in milliseconds. */
  recordTimeoutMs: number
  /** Shares of customers in the arms by which the effect is measured. */
  armShares: ArmShares
  /** Lifetimes of received data in days; at most four weeks more. */
  lifetimes: Lifetimes
  /** True if webhooks may go to private networks. */
  webhooks: { privateNetworks: boolean }
  /** Address at which customers reach this service, for the links of their mails; absent: the mail tool's. */
  publicUrl: string | undefined
  /** Trust in orders that a public key reports: claims until a server reports their number, or facts at once. */
  browserOrders: BrowserOrders
  /** Keys given by the environment, by scope; the others are made at the first start. */
  keys: Partial<Record<Scope, string>>
}

export class ConfigError extends Error {}

export type Environment = Readonly<Record<string, string | undefined>>

/** Returns the text of a variable, trimmed, or its default; an empty one counts as not given. */
const givenText = (env: Environment, name: string, variable: Variable): string | undefined =>
  env[name]?.trim() || variable.default

/** Returns a sentence that names the variable, what was given and what is allowed. */
const fault = (name: string, given: string, { allowed, isSecret }: Variable): string =>
  isSecret
    ? `${name} is unusable (${given.length} characters, not shown); give ${allowed}`
    : `${name} is ${JSON.stringify(given)}; give ${allowed}`

function readValues(env: Environment): Values {
  const faults: string[] = []
  const values = Object.entries<Variable>(variables).map(([name, variable]) => {
    const given = givenText(env, name, variable)
    if (given === undefined) return [name, undefined]
    const value = variable.read(given)
    if (value === undefined) faults.push(fault(name, given, variable))
    return [name, value]
  })
  if (faults.length > 0) throw new ConfigError(`unusable environment variables\n  ${faults.join("\n  ")}`)
  return Object.fromEntries(values)
}

function databaseUrlOf({ DATABASE_URL, DATABASE_URL_FILE }: Values): string | undefined {
  if (DATABASE_URL_FILE === undefined) return DATABASE_URL
  if (DATABASE_URL !== undefined) throw new ConfigError("DATABASE_URL and DATABASE_URL_FILE are both set; keep one")
  return pathToFileURL(DATABASE_URL_FILE).href
}

/** Reads the service's whole configuration from an environment; throws a `ConfigError` naming every unusable variable. */
export function parseConfig(env: Environment): Config {
  const values = readValues(env)
  const databaseUrl = databaseUrlOf(values)
  return {
    port: values.PORT,
    host: values.HOST,
    trustedProxies: values.TRUSTED_PROXIES ?? new BlockList(),
    processes: values.PROCESSES,
    startTimeoutMs: 1000 * values.START_TIMEOUT,
    drainDelayMs: 1000 * values.DRAIN_DELAY,
    databaseUrl,
    databaseConnections: values.DATABASE_CONNECTIONS,
    statementTimeoutMs: 1000 * values.DATABASE_STATEMENT_TIMEOUT,
    dataDir: values.DATA_DIR,
    mayMigrate: values.MIGRATE,
    demo: values.DEMO ?? databaseUrl === undefined,
    allowVolatile: values.ALLOW_VOLATILE,
    logLevel: values.LOG_LEVEL,
    tracesEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, ""),
    corsOrigins: values.CORS_ORIGINS,
    requestsPerSecond: values.REQUESTS_PER_SECOND,
    clientRequestsPerSecond: values.CLIENT_REQUESTS_PER_SECOND,
    maxInFlight: values.MAX_IN_FLIGHT,
    recordTimeoutMs: values.RECORD_TIMEOUT_MS,
    armShares: {
      holdout: values.HOLDOUT_SHARE,
      propensityOnly: values.PROPENSITY_ONLY_SHARE,
      randomRelevant: values.RANDOM_RELEVANT_SHARE,
    },
    lifetimes: {
      events: values.EVENTS_DAYS,
      decisions: values.DECISIONS_DAYS,
      messages: values.MESSAGES_DAYS,
      contents: values.CONTENTS_DAYS,
      webhooks: values.WEBHOOKS_DAYS,
      sends: values.SENDS_DAYS,
      visitors: values.VISITORS_DAYS,
      releases: values.RELEASES_DAYS,
      audit: values.AUDIT_DAYS,
    },
    webhooks: { privateNetworks: values.WEBHOOKS_PRIVATE },
    publicUrl: values.PUBLIC_URL?.replace(/\/$/, ""),
    browserOrders: values.BROWSER_ORDERS,
    keys: {
      ...(values.ADMIN_KEY && { admin: values.ADMIN_KEY }),
      ...(values.READ_KEY && { read: values.READ_KEY }),
      ...(values.WRITE_KEY && { write: values.WRITE_KEY }),
      ...(values.INGEST_KEY && { ingest: values.INGEST_KEY }),
      ...(values.MANAGE_KEY && { manage: values.MANAGE_KEY }),
    },
  }
}

/** Returns what works less well as it is configured, in words for whoever starts the service. */
export function configWarnings({ publicUrl }: Config, env: Environment): string[] {
  const warnings = misspelled(env).map(
    ({ name, meant }) => `${name} is no variable of this service and is ignored; write ${meant} if that is meant`,
  )
  return publicUrl === undefined ? [...warnings, withoutPublicUrl] : warnings
}

const withoutPublicUrl =
  "PUBLIC_URL is not set: links in content lead straight to the shop and count no clicks; set it to the address at which customers reach this service"

/** Returns names in an environment that are one letter away from a variable of ours, with that variable. */
function misspelled(env: Environment): { name: string; meant: string }[] {
  const known = Object.keys(variables)
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name)) return []
    // Short names, such as PORT, are too near to those of other programs.
    const meant = known.find((other) => other.length > 5 && isOneEditAway(name.toUpperCase(), other))
    return meant === undefined ? [] : [{ name, meant }]
  })
}

/** True if one letter added, left out or changed, or none, turns a word into the other. */
function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++
  return [a.slice(start + 1), a.slice(start)].some((left) =>
    [b.slice(start + 1), b.slice(start)].some((right) => left === right),
  )
}
