import { writeFileSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, expect, test } from "vitest"
import { parseDatabaseUrl, readDatabaseAddress, siblingUrl } from "../../../src/store/database/database-address.ts"

test("a plain URL is encrypted where the server offers it", () => {
  expect(parseDatabaseUrl("postgres://shop:p%40ss:word@db.example/shop")).toEqual({
    user: "shop",
    password: "p@ss:word",
    database: "shop",
    hosts: [{ host: "db.example", port: 5432 }],
    encryption: { isRequired: false, verifiesAuthority: false, verifiesHost: false, isDirect: false, files: {} },
    isForWriting: false,
    parameters: {},
  })
})

describe("hosts", () => {
  test.each([
    ["postgres://a:1,b:2/x", ["a:1", "b:2"]],
    ["postgresql://u@a,b/x", ["a:5432", "b:5432"]],
    ["postgres://[::1]:6432,b/x", ["::1:6432", "b:5432"]],
    ["postgres:///x?host=a,b&port=1,2", ["a:1", "b:2"]],
    ["postgres://u@%2Frun%2Fpostgresql/x", ["/run/postgresql:5432"]],
    ["postgres:///x?host=/run/postgresql&port=5433", ["/run/postgresql:5433"]],
  ])("%s", (url, hosts) => {
    expect(parseDatabaseUrl(url).hosts.map(({ host, port }) => `${host}:${port}`)).toEqual(hosts)
  })
})

describe("encryption as libpq means it", () => {
  const of = (query: string) => {
    const { encryption } = parseDatabaseUrl(`postgres://h/x?${query}`)
    return encryption && [encryption.isRequired, encryption.verifiesAuthority, encryption.verifiesHost]
  }
  test.each([
    ["sslmode=disable", null],
    ["sslmode=prefer", [false, false, false]],
    ["sslmode=require", [true, false, false]],
    ["sslmode=require&sslrootcert=/ca.pem", [true, true, false]],
    ["sslmode=verify-ca&sslrootcert=/ca.pem", [true, true, false]],
    ["sslmode=verify-full", [true, true, true]],
    ["sslrootcert=system", [true, true, true]],
    ["sslmode=prefer&sslrootcert=/ca.pem", [false, false, false]],
  ])("%s", (query, expected) => expect(of(query)).toEqual(expected))
})

test("what is not understood is named, and what the session takes is passed on", () => {
  const parse = (query: string) => () => parseDatabaseUrl(`postgres://h/x?${query}`)
  expect(parse("sslmode=on")).toThrow('sslmode of the database URL is "on"; give disable, allow, prefer, require')
  expect(parse("channel_binding=require")).toThrow("channel_binding=require is not supported")
  expect(parse("sslcrl=/x")).toThrow("sslcrl of the database URL is not supported")
  expect(parse("target_session_attrs=standby")).toThrow("give any, read-write or primary")
  expect(parse("application_name=shop&channel_binding=prefer")().parameters).toEqual({ application_name: "shop" })
  expect(() => parseDatabaseUrl("mysql://h/x")).toThrow("a database URL is postgres://")
})

test("the file of a URL is read as it stands now", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "beforehand-url-")), "url")
  for (const password of ["first", "second"]) {
    writeFileSync(file, `postgres://shop:${password}@db/shop\n`)
    expect(readDatabaseAddress(pathToFileURL(file).href).password).toBe(password)
  }
})

test("another database of the same server keeps hosts and parameters", () => {
  expect(siblingUrl("postgres://u:p@a:1,b:2/x?sslmode=require", "y z")).toBe(
    "postgres://u:p@a:1,b:2/y%20z?sslmode=require",
  )
  expect(siblingUrl("postgres://u@a", "y")).toBe("postgres://u@a/y")
})
