import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect as connectTo, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { sql } from "drizzle-orm"
import { afterAll, beforeAll, expect, inject, test } from "vitest"
import { connect, type Database } from "../../../src/store/database/database.ts"
import { databaseServer } from "../../../src/store/database/database-server.ts"
import {
  becomesReady,
  freePort,
  initializeCluster,
  spawnCluster,
  stopCluster,
} from "../../../src/store/embedded/cluster.ts"
import { placeCluster } from "../../../src/store/embedded/place.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-encryption-"))
const file = (name: string) => join(folder, name)
const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" })

/** Makes an authority of our own. */
function makeAuthority(name: string): void {
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`,
    "-keyout", file(`${name}.key`), "-out", file(`${name}.pem`)) // biome-ignore format: one command
}

/** Makes a certificate of a host or a role, signed by an authority. */
function certify(authority: string, name: string, subject: string, host = subject): void {
  openssl(
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    `/CN=${subject}`,
    "-keyout",
    file(`${name}.key`),
    "-out",
    file(`${name}.csr`),
  )
  writeFileSync(file(`${name}.ext`), `subjectAltName=DNS:${host}`)
  openssl("x509", "-req", "-days", "2", "-in", file(`${name}.csr`), "-CA", file(`${authority}.pem`),
    "-CAkey", file(`${authority}.key`), "-CAcreateserial", "-extfile", file(`${name}.ext`), "-out", file(`${name}.pem`)) // biome-ignore format: one command
}

let pid: number
let port: number

beforeAll(async () => {
  chmodSync(folder, 0o755)
  makeAuthority("ours")
  makeAuthority("theirs")
  certify("ours", "server", "localhost")
  certify("ours", "role", "shop")
  const place = await placeCluster(folder, "test")
  await initializeCluster(place, "secret")
  for (const name of ["server.pem", "server.key", "ours.pem"]) {
    const path = join(place.dataDirectory, name)
    copyFileSync(file(name), path)
    chmodSync(path, 0o600)
    if (place.account) chownSync(path, place.account.uid, place.account.gid)
  }
  const settings = ["ssl=on", "ssl_cert_file='server.pem'", "ssl_key_file='server.key'", "ssl_ca_file='ours.pem'"]
  appendFileSync(join(place.dataDirectory, "postgresql.conf"), `${settings.join("\n")}\n`)
  const rules = [
    "hostssl all bycert all cert map=shop",
    "hostssl all all all scram-sha-256",
    "host all refused all reject",
    "host all all all scram-sha-256",
  ]
  writeFileSync(join(place.dataDirectory, "pg_hba.conf"), `${rules.join("\n")}\n`)
  appendFileSync(join(place.dataDirectory, "pg_ident.conf"), "shop shop bycert\n")
  port = await freePort()
  pid = await spawnCluster(place, { port, logFile: file("log"), volatile: true })
  expect(await becomesReady(`postgres://postgres:secret@127.0.0.1:${port}/postgres`, pid)).toBe(true)
  await using(url(""), (database) => database.execute(sql`create role bycert login`))
})
afterAll(async () => {
  await stopCluster(pid)
  rmSync(folder, { recursive: true, force: true })
})

const url = (query: string, account = "postgres:secret", host = "localhost") =>
  `postgres://${account}@${host}:${port}/postgres?${query}`

async function using<T>(at: string, work: (database: Database) => PromiseLike<T>): Promise<T> {
  const { database, close } = connect(at)
  try {
    return await work(database)
  } finally {
    await close()
  }
}

const isEncrypted = (at: string) =>
  using(at, async (database) => {
    const [row] = await database.execute<{ ssl: boolean; user: string }>(
      sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
    )
    return row!.ssl
  })
const failureOf = (at: string) =>
  isEncrypted(at).then(
    () => "none",
    ({ cause }) => `${cause.code ?? ""} ${cause.message}`,
  )

test("sslmode means what it means to libpq", async () => {
  const [ours, theirs] = [`sslrootcert=${file("ours.pem")}`, `sslrootcert=${file("theirs.pem")}`]
  expect(await isEncrypted(url(""))).toBe(true)
  expect(await isEncrypted(url("sslmode=disable"))).toBe(false)
  expect(await isEncrypted(url("sslmode=require"))).toBe(true)
  expect(await isEncrypted(url(`sslmode=verify-full&${ours}`))).toBe(true)
  expect(await isEncrypted(url(`sslmode=verify-ca&${ours}`, undefined, "127.0.0.1"))).toBe(true)
  expect(await failureOf(url(`sslmode=verify-full&${ours}`, undefined, "127.0.0.1"))).toContain(
    "ERR_TLS_CERT_ALTNAME_INVALID",
  )
  expect(await failureOf(url(`sslmode=verify-ca&${theirs}`))).toMatch(/certificate|SIGNATURE|ISSUER/i)
  expect(await failureOf(url(`sslmode=require&${theirs}`))).toMatch(/certificate|SIGNATURE|ISSUER/i)
  expect(await failureOf(url("sslmode=verify-full"))).toMatch(/certificate|SIGNATURE|ISSUER/i)
  expect(await isEncrypted(url("sslmode=require&sslnegotiation=direct"))).toBe(true)
})

test("a server without encryption is used where none is required, and refused by name where it is", async () => {
  const plain = inject("postgresUrl")
  expect(await isEncrypted(plain)).toBe(false)
  expect(await failureOf(`${plain}?sslmode=require`)).toContain(
    "offers no encryption, which sslmode of the database URL requires",
  )
})

test("a role is known by its certificate, which is read again for every new connection", async () => {
  const query = `sslmode=require&sslcert=${file("given.pem")}&sslkey=${file("given.key")}`
  certify("theirs", "given", "shop")
  expect(await failureOf(url(query, "bycert"))).not.toBe("none")
  certify("ours", "given", "shop")
  expect(await isEncrypted(url(query, "bycert"))).toBe(true)
})

test("a password that changes is read from the URL's file, while connections go on", async () => {
  const path = file("url")
  writeFileSync(path, url("", "shop:first"))
  await using(url(""), (database) => database.execute(sql`create role shop login password 'first'`))
  const { database, byKey, close } = connect(pathToFileURL(path).href)
  const user = sql`select current_user as "user"`
  try {
    expect(await database.execute(user)).toEqual([{ user: "shop" }])
    await using(url(""), (administrator) => administrator.execute(sql`alter role shop password 'second'`))
    expect(await database.execute(user)).toEqual([{ user: "shop" }])
    await expect(byKey.execute(user)).rejects.toMatchObject({ cause: { code: "28P01" } })
    writeFileSync(path, url("", "shop:second"))
    expect(await byKey.execute(user)).toEqual([{ user: "shop" }])
  } finally {
    await close()
  }
})

test("of several hosts the one that takes writes is used, and another once that is gone", async () => {
  const through = async () => {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const far = connectTo(port, "127.0.0.1")
      for (const socket of [near, far]) sockets.add(socket.on("error", () => {}))
      near.pipe(far).pipe(near)
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    const end = () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
    return { port: (server.address() as { port: number }).port, end }
  }
  const standby = new URL(inject("postgresUrl"))
  const [first, second] = [await through(), await through()]
  // The settings of a role stand in for recovery: the server says that sessions are read-only as they begin.
  const administrator = connect(standby.href)
  await administrator.database.execute(sql`drop role if exists reads`)
  await administrator.database.execute(sql`create role reads login superuser password 'secret'`)
  await administrator.database.execute(sql`alter role reads set default_transaction_read_only = on`)
  await administrator.close()
  await using(url(""), (database) => database.execute(sql`create role reads login password 'secret'`))
  const hosts = `127.0.0.1:${standby.port},127.0.0.1:${first.port},127.0.0.1:${second.port}`
  const server = databaseServer(`postgres://reads:secret@${hosts}/postgres?target_session_attrs=read-write`)
  const { database, close } = connect(server)
  const portOf = sql`select current_setting('port')::int as port, current_setting('transaction_read_only') as "readOnly"`
  const answers = () =>
    database.execute(portOf).then(
      ([row]) => row,
      () => undefined,
    )
  try {
    await expect.poll(answers).toEqual({ port, readOnly: "off" })
    first.end()
    await expect.poll(answers).toEqual({ port, readOnly: "off" })
    second.end()
    await expect.poll(answers).toBeUndefined()
  } finally {
    await close()
    second.end()
  }
})

test("a lost encrypted connection fails what is under way, and the next statement has a new one", async () => {
  const { database, writing, close } = connect(url("sslmode=require"))
  const end = sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'beforehand' and pid <> pg_backend_pid()`
  try {
    await writing.execute(sql`select 1`)
    const cut = writing.transaction(async (transaction) => {
      await transaction.execute(sql`select 1`)
      await database.execute(end)
      await transaction.execute(sql`select pg_sleep(5)`)
    })
    await expect(cut).rejects.toThrow()
    expect(await writing.execute(sql`select 2 as two`)).toEqual([{ two: 2 }])
  } finally {
    await close()
  }
})
