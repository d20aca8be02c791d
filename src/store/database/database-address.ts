import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export interface HostAddress {
  host: string
  port: number
}

/** Encryption of a connection, as libpq's `sslmode` means it. */
export interface Encryption {
  /** False: an unencrypted connection will do where the server offers no other. */
  isRequired: boolean
  /** True if the server's certificate must be signed by a known authority. */
  verifiesAuthority: boolean
  /** True if it must also be of the host asked for. */
  verifiesHost: boolean
  /** True if TLS begins at once, without asking (PostgreSQL 17). */
  isDirect: boolean
  /** Files; they are read at every connection, so that a renewed certificate needs no restart. */
  files: { ca?: string; cert?: string; key?: string }
}

/** Everything a database URL says. */
export interface DatabaseAddress {
  /** Empty where the driver's defaults and `PG…` variables stand. */
  user: string
  password: string
  database: string
  /** In the order in which they are tried. */
  hosts: readonly HostAddress[]
  /** `null`: never encrypted. */
  encryption: Encryption | null
  /** True if a standby will not do. */
  isForWriting: boolean
  /** Parameters of the session, such as `application_name`. */
  parameters: Readonly<Record<string, string>>
}

const sslModes = {
  disable: null,
  allow: {},
  prefer: {},
  require: { isRequired: true },
  "verify-ca": { isRequired: true, verifiesAuthority: true },
  "verify-full": { isRequired: true, verifiesAuthority: true, verifiesHost: true },
} satisfies Record<string, Partial<Encryption> | null>

const unsupported =
  /^(ssl(crl|crldir|password|sni|certmode|keylogfile)|ssl_m(in|ax)_protocol_version|gss\w*|krb\w*|require\w+|hostaddr|service|passfile|keepalives\w*|tcp_user_timeout|load_balance_hosts|replication)$/

const words = (values: readonly string[]) => `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`

/** Reads what libpq calls a connection URI; throws an error that names the parameter and what it takes. */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const parts = /^postgres(?:ql)?:\/\/(?:([^@/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(url)
  if (parts === null) throw new Error("a database URL is postgres://user:password@host:port/database")
  const [, account = "", authority = "", path = "", query = ""] = parts
  const [user = "", password = ""] = split(account, ":").map(decodeURIComponent)
  const given = Object.fromEntries(new URLSearchParams(query))
  const taken = (name: string, fallback = ""): string => {
    const value = given[name] ?? fallback
    delete given[name]
    return value
  }
  const among = <Word extends string>(name: string, allowed: readonly Word[], fallback: Word): Word => {
    const value = taken(name, fallback)
    const word = allowed.find((each) => each === value)
    if (word === undefined) throw new Error(`${name} of the database URL is "${value}"; give ${words(allowed)}`)
    return word
  }
  const named = { host: taken("host"), port: taken("port") }
  const hosts = hostsOf(authority || named.host || "localhost", named.port || "5432")
  const names = Object.keys(sslModes) as (keyof typeof sslModes)[]
  const files = { ca: taken("sslrootcert"), cert: taken("sslcert"), key: taken("sslkey") }
  const mode = sslModes[among("sslmode", names, files.ca === "system" ? "verify-full" : "prefer")]
  const isDirect = among("sslnegotiation", ["postgres", "direct"], "postgres") === "direct"
  // An authority's certificate is there to be checked against, in libpq too.
  const verifiesAuthority = mode !== null && "isRequired" in mode && files.ca !== ""
  if (taken("channel_binding", "prefer") === "require")
    throw new Error("channel_binding=require is not supported; leave it out, and use sslmode=verify-full")
  const isForWriting = among("target_session_attrs", ["any", "read-write", "primary"], "any") !== "any"
  const cannot = Object.keys(given).find((name) => unsupported.test(name))
  if (cannot !== undefined) throw new Error(`${cannot} of the database URL is not supported; leave it out`)
  return {
    user,
    password,
    database: decodeURIComponent(path),
    hosts,
    encryption: mode && {
      isRequired: isDirect,
      verifiesAuthority,
      verifiesHost: false,
      isDirect,
      ...mode,
      ...(verifiesAuthority && { verifiesAuthority }),
      files: Object.fromEntries(Object.entries(files).filter(([, file]) => file !== "")),
    },
    isForWriting,
    parameters: given,
  }
}

/** Returns what is before and behind the first separator. */
function split(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Reads hosts with their ports, separated by commas; a path is the folder of a socket, an IPv6 address stands in brackets. */
function hostsOf(text: string, defaultPorts: string): HostAddress[] {
  const ports = defaultPorts.split(",")
  return text.split(",").map((given, n) => {
    const [, bracketed, plain = "", port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(given) ?? []
    if (bracketed === undefined && plain === "") throw new Error(`"${given}" is no host of a database URL`)
    return { host: bracketed ?? decodeURIComponent(plain), port: Number(port ?? ports[n] ?? ports[0]) }
  })
}

/** Returns the URL itself, or what the file of a `file:` URL holds now. */
const readUrl = (url: string): string =>
  url.startsWith("file:") ? readFileSync(fileURLToPath(url), "utf8").trim() : url

/** Reads the address that a URL is, or that the file of a `file:` URL holds now. */
export const readDatabaseAddress = (url: string): DatabaseAddress => parseDatabaseUrl(readUrl(url))

/** Returns the URL of another database of the same server. */
export function siblingUrl(url: string, database: string): string {
  const [, server, , query = ""] = /^([a-z]+:\/\/[^/?]*)(\/[^?]*)?(\?.*)?$/s.exec(readUrl(url))!
  return `${server}/${encodeURIComponent(database)}${query}`
}
