import { z } from "zod"
import type { Scope } from "./core/access/scope.ts"
import type { BrowserOrders } from "./core/history/browser-event.ts"
import type { Lifetimes } from "./store/database/data-inventory.ts"

const secretKey = z.string().min(16, "a key given by the environment needs at least 16 characters").optional()

/** A whole number, whatever is wrong with what was given. */
function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
  const error = `write a whole number ${range}`
  return z.coerce.number(error).int(error).min(least, error).max(most, error)
}

const days = whole(7)
const flag = z.enum(["0", "1"]).optional()

const environmentSchema = z.object({
  PORT: whole(0, 65_535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  PROCESSES: whole(1, 256).default(1),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "write postgres://user:password@host:port/database" })
    .optional(),
  DATA_DIR: z.string().default(".data"),
  DEMO: z.enum(["on", "off"]).optional(),
  ALLOW_VOLATILE: flag,
  LOG_LEVEL: z.enum(["silent", "error", "warn", "info", "debug"]).default("info"),
  CORS_ORIGINS: z.string().default("*"),
  REQUESTS_PER_SECOND: whole(0).default(1000),
  MAX_IN_FLIGHT: whole(1).default(128),
  EVENTS_DAYS: days.default(760),
  DECISIONS_DAYS: days.default(400),
  MESSAGES_DAYS: days.default(45),
  CONTENTS_DAYS: days.default(90),
  WEBHOOKS_DAYS: days.default(30),
  SENDS_DAYS: days.default(760),
  VISITORS_DAYS: days.default(400),
  RELEASES_DAYS: days.default(90),
  WEBHOOKS_PRIVATE: flag,
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: "write an address such as https://shop.example" }).optional(),
  ADMIN_KEY: secretKey,
  READ_KEY: secretKey,
  WRITE_KEY: secretKey,
  BROWSER_ORDERS: z.enum(["claimed", "trusted"]).default("claimed"),
  INGEST_KEY: secretKey,
  MANAGE_KEY: secretKey,
})

export interface Config {
  port: number
  host: string
  /** How many processes serve on the port, best one a core. */
  processes: number
  /** Absent: the embedded server. */
  databaseUrl: string | undefined
  dataDir: string
  /** Whether an empty database gets the demo shop. */
  demo: boolean
  allowVolatile: boolean
  logLevel: "silent" | "error" | "warn" | "info" | "debug"
  corsOrigins: readonly string[]
  /** Of each key, at each process; 0: as many as it likes. */
  requestsPerSecond: number
  /** Requests answered at once by one process; what comes on top is told to come back. */
  maxInFlight: number
  /** How many days what was received is kept at least; at most four weeks more. */
  lifetimes: Lifetimes
  /** Whether webhooks may go to private networks. */
  webhooks: { privateNetworks: boolean }
  /** Where customers reach this service, for the links of their mails; absent: where the mail tool does. */
  publicUrl: string | undefined
  /** What orders are worth that a public key tells: claims until a server tells their number, or as much as a server's. */
  browserOrders: BrowserOrders
  /** Keys given by the environment, by scope; the others are made at the first start. */
  keys: Partial<Record<Scope, string>>
}

export class ConfigError extends Error {}

/** Reads the service's whole configuration from an environment; throws a `ConfigError` naming every bad variable. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""))
  const parsed = environmentSchema.safeParse(given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`)
    throw new ConfigError(`bad configuration\n  ${faults.join("\n  ")}`)
  }
  const { data } = parsed
  return {
    port: data.PORT,
    host: data.HOST,
    processes: data.PROCESSES,
    databaseUrl: data.DATABASE_URL,
    dataDir: data.DATA_DIR,
    demo: data.DEMO === undefined ? data.DATABASE_URL === undefined : data.DEMO === "on",
    allowVolatile: data.ALLOW_VOLATILE === "1",
    logLevel: data.LOG_LEVEL,
    corsOrigins: data.CORS_ORIGINS.split(",").map((origin) => origin.trim()),
    requestsPerSecond: data.REQUESTS_PER_SECOND,
    maxInFlight: data.MAX_IN_FLIGHT,
    lifetimes: {
      events: data.EVENTS_DAYS,
      decisions: data.DECISIONS_DAYS,
      messages: data.MESSAGES_DAYS,
      contents: data.CONTENTS_DAYS,
      webhooks: data.WEBHOOKS_DAYS,
      sends: data.SENDS_DAYS,
      visitors: data.VISITORS_DAYS,
      releases: data.RELEASES_DAYS,
    },
    webhooks: { privateNetworks: data.WEBHOOKS_PRIVATE === "1" },
    publicUrl: data.PUBLIC_URL?.replace(/\/$/, ""),
    browserOrders: data.BROWSER_ORDERS,
    keys: {
      ...(data.ADMIN_KEY && { admin: data.ADMIN_KEY }),
      ...(data.READ_KEY && { read: data.READ_KEY }),
      ...(data.WRITE_KEY && { write: data.WRITE_KEY }),
      ...(data.INGEST_KEY && { ingest: data.INGEST_KEY }),
      ...(data.MANAGE_KEY && { manage: data.MANAGE_KEY }),
    },
  }
}

/** What works less well as it is configured, in words for whoever starts the service. */
export const configWarnings = ({ publicUrl }: Config): string[] =>
  publicUrl === undefined
    ? [
        "PUBLIC_URL is not set: links in content lead straight to the shop and count no clicks; set it to the address at which customers reach this service",
      ]
    : []
