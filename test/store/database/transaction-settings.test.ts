import { expect, test } from "vitest"
import { TransactionSettings } from "../../../src/store/database/transaction-settings.ts"

const message = (type: string, body: string | Buffer = "") => {
  const bytes = Buffer.from(body)
  const header = Buffer.alloc(5)
  header.write(type)
  header.writeUInt32BE(bytes.length + 4, 1)
  return Buffer.concat([header, bytes])
}
const typesOf = (bytes: Buffer): string => {
  let types = ""
  for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) types += String.fromCharCode(bytes[at]!)
  return types
}
const ready = (status: string) => message("Z", status)
const text = (statement: string) => message("Q", `${statement}\0`)
const all = (...messages: Buffer[]) => Buffer.concat(messages)

function begun() {
  const settings = new TransactionSettings({ lock_timeout: "450", work_mem: "8MB" })
  const greeting = all(message("R", "\0\0\0\0"), ready("I"))
  expect(settings.incoming(greeting)).toEqual(greeting)
  return settings
}
const statement = all(message("P"), message("D"), message("B"), message("E"), message("S"))

test("before its session has begun, nothing is changed", () => {
  const settings = new TransactionSettings({ lock_timeout: "450" })
  const startup = Buffer.from("any bytes, without a type")
  expect(settings.outgoing(startup)).toBe(startup)
})

test("a statement is led by its settings, whose answers are taken out, in pieces of any size", () => {
  const answer = all(
    message("1"),
    message("T", "columns"),
    message("2"),
    message("D", "row"),
    message("C", "SELECT 1"),
    ready("I"),
  )
  const ofSettings = all(message("1"), message("2"), message("D", "450"), message("C", "SELECT 1"))
  for (let size = 1; size < 40; size++) {
    const settings = begun()
    const sent = settings.outgoing(statement)
    expect(typesOf(sent)).toBe("PBEPDBES")
    expect(sent.toString()).toContain(
      "select set_config('lock_timeout', '450', true), set_config('work_mem', '8MB', true)",
    )
    const told = all(ofSettings, answer)
    const seen: Buffer[] = []
    for (let at = 0; at < told.length; at += size) seen.push(settings.incoming(told.subarray(at, at + size)))
    expect(all(...seen)).toEqual(answer)
  }
})

test("what is sent ahead waits until the answer before it has ended, part by part in its order", () => {
  const settings = begun()
  const answered = all(message("2"), message("C"), ready("I"))
  expect(typesOf(settings.outgoing(all(text("select 1"), message("P"), message("D"), message("H"))))).toBe("Q")
  expect(typesOf(settings.outgoing(all(message("X"))))).toBe("")
  settings.incoming(message("C", "SELECT 1"))
  expect(settings.released()).toHaveLength(0)
  settings.incoming(ready("I"))
  expect(typesOf(settings.released())).toBe("PBEPDHX")
  expect(typesOf(settings.outgoing(all(message("B"), message("E"), message("S"), statement)))).toBe("BES")
  settings.incoming(answered)
  expect(typesOf(settings.released())).toBe("PBEPDBES")
})

test("a transaction is led by them once, as text, so that it may still choose its isolation", () => {
  const settings = begun()
  const began = settings.outgoing(text("begin"))
  expect(began.toString("utf8", 5)).toBe("set local lock_timeout = '450'; set local work_mem = '8MB'; begin\0")
  expect(
    typesOf(settings.incoming(all(message("C", "SET"), message("C", "SET"), message("C", "BEGIN"), ready("T")))),
  ).toBe("CZ")
  expect(settings.outgoing(statement)).toEqual(statement)
  expect(typesOf(settings.incoming(all(message("1"), message("2"), message("D"), message("C"), ready("T"))))).toBe(
    "12DCZ",
  )
  expect(settings.outgoing(text("commit"))).toEqual(text("commit"))
  expect(typesOf(settings.incoming(all(message("C", "COMMIT"), ready("I"))))).toBe("CZ")
  expect(typesOf(settings.outgoing(statement))).toBe("PBEPDBES")
})

test("an error among the settings is the statement's, and the next has its own", () => {
  const settings = begun()
  settings.outgoing(statement)
  expect(typesOf(settings.incoming(all(message("1"), message("E", "denied"), ready("I"))))).toBe("EZ")
  settings.outgoing(statement)
  const told = all(
    message("1"),
    message("2"),
    message("D"),
    message("N", "notice"),
    message("C"),
    message("1"),
    message("E"),
    ready("I"),
  )
  expect(typesOf(settings.incoming(told))).toBe("N1EZ")
})

test("what may not share a transaction goes alone", () => {
  const settings = begun()
  for (const alone of ["create index concurrently i on t (a)", "vacuum t", "show server_version"]) {
    expect(settings.outgoing(text(alone))).toEqual(text(alone))
    settings.incoming(all(message("C"), ready("I")))
  }
})
