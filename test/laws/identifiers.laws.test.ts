import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { importStatements } from "../../src/actions/import/import-statements.ts"
import type { IdentifierType } from "../../src/core/customer/identifier.ts"
import { isPlaceholder } from "../../src/core/customer/placeholder.ts"
import { tester } from "../support/actor.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"
import { fileWriter } from "../support/write-file.ts"

const write = fileWriter()
let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
  await shop.ask("PUT", "/v1/settings", { body: { settings: { country: "IT" } } })
})
afterAll(() => shop.close())

const plain = ["userId", "anonymousId", "loyaltyCard"] as const
const types = [...plain, "email", "phone"] as const

const callOf = (type: IdentifierType, value: string) =>
  type === "userId" || type === "anonymousId" ? { [type]: value } : { traits: { [type]: value } }
const importFile = (as: "customers" | "consents", header: string, line: string) =>
  importStatements(shop.services, { path: write("one.csv", `${header}\n${line}`), as, mapping: {} }, tester, () => {})
const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`
const read = (answer: { status: number; json: Record<string, unknown> }) => {
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json.customerId as string
}

/** Each way in which somebody can be named; what answers whose it was says so. */
const entrances: Record<string, (type: IdentifierType, value: string) => Promise<string | undefined>> = {
  async identify(type, value) {
    const { json } = await shop.ask("POST", "/v1/identify", { key: "ingest", body: callOf(type, value) })
    return (json.results as { customerId: string }[])[0]!.customerId
  },
  async batch(type, value) {
    const batch = [{ type: "identify", ...callOf(type, value) }]
    const { json } = await shop.ask("POST", "/v1/batch", { key: "ingest", body: { batch } })
    return (json.results as { customerId: string }[])[0]!.customerId
  },
  async importedCustomer(type, value) {
    const report = await importFile("customers", `${type},traits.city`, `${quoted(value)},Rome`)
    expect(report.linesRecorded).toBe(1)
    return undefined
  },
  async importedConsent(type, value) {
    const report = await importFile("consents", `${type},marketing,at`, `${quoted(value)},true,2026-01-01T00:00:00Z`)
    expect(report.linesRecorded).toBe(1)
    return undefined
  },
  async decide(type, value) {
    const body = { customer: { [type]: value }, placement: "home", channel: "web" }
    return read(await shop.ask("POST", "/v1/decide", { body }))
  },
  async token(type, value) {
    return read(await shop.ask("POST", "/v1/customer-tokens", { body: { customer: { [type]: value } } }))
  },
}
const byPath: typeof entrances = {
  async goldenRecord(type, value) {
    return read(await shop.ask("GET", `/v1/customers/${encodeURIComponent(`${type}:${value}`)}`))
  },
  async consent(type, value) {
    const path = `/v1/customers/${encodeURIComponent(`${type}:${value}`)}/consents/marketing`
    const body = { granted: false, at: "2026-01-02T00:00:00Z", source: "law" }
    return read(await shop.ask("PUT", path, { body }))
  },
}

let run = 0
/** A name of nobody else and its spellings. */
const spellings = fc.constantFrom(...types).map((type) => {
  const tag = String(++run)
  if (type === "phone") {
    const own = `8${tag.padStart(6, "0")}`
    const number = `347${own}`
    const wide = number.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    const rest = `${own.slice(0, 3)}.${own.slice(3)}`
    return {
      type,
      all: [`+39${number}`, `0039 347 ${rest}`, `347-${own}`, `(+39) 347 ${rest}`, `\u00a0${number} `, wide],
    }
  }
  const name = type === "email" ? `zoë.${tag}@example.com` : `Zoë, ${tag} / ☕`
  const all = [name.normalize("NFC"), name.normalize("NFD"), ` ${name}\t`]
  return { type, all: type === "email" ? [...all, name.toUpperCase(), name.replace("z", "Z").normalize("NFD")] : all }
})

test("whatever the spelling and the entrance, one phone, address or id is one customer", async () => {
  const ways = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 2, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(spellings, ways, async ({ type, all }, ways) => {
      const open = Object.values({ ...entrances, ...((plain as readonly string[]).includes(type) && byPath) })
      const customers = new Set<string>()
      for (const [way, spelling] of ways) {
        const customerId = await open[way % open.length]!(type, all[spelling % all.length]!)
        if (customerId !== undefined) customers.add(customerId)
      }
      for (const spelling of all) customers.add((await entrances.token!(type, spelling))!)
      expect(customers.size).toBe(1)
      const [customerId] = customers
      expect((await shop.services.store.customers.identifiersOf(customerId!)).length).toBeLessThanOrEqual(1)
    }),
  )
  const others = await shop.sql(`
    select value from identifiers
    where (type = 'phone' and value !~ '^[+][0-9]+$') or value is not nfc normalized or value <> btrim(value)`)
  expect(others).toEqual([])
})

const placeholder = fc
  .constantFrom(
    "undefined",
    "null",
    "NaN",
    "[object Object]",
    "None",
    "guest",
    "n/a",
    "-1",
    "(not set)",
    "\\N",
    "test@test.com",
  )
  .chain((word) => fc.constantFrom(word, word.toUpperCase(), ` ${word} `, `"${word}"`))
const person = fc.record({
  type: fc.constantFrom(...types),
  rubbish: fc.dictionary(fc.constantFrom(...types), placeholder, { minKeys: 1 }),
})

test("placeholders join nobody, whoever sends them beside what", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(person, { minLength: 2, maxLength: 4 }), async (people) => {
      const owners: string[] = []
      for (const { type, rubbish } of people) {
        const tag = String(++run)
        const own = { phone: `+39348${tag.padStart(7, "0")}`, email: `p${tag}@example.com` }
        const value = type === "phone" || type === "email" ? own[type] : `p-${tag}`
        const { userId, anonymousId, ...traits } = rubbish
        const context = { externalIds: [{ type, id: value }] }
        const body = { userId, anonymousId, traits, context }
        const { json } = await shop.ask("POST", "/v1/identify", { key: "ingest", body })
        const [result] = json.results as { status: string; customerId: string; reason: string }[]
        expect(result).toMatchObject({ status: "accepted", reason: expect.stringContaining("identifies nobody") })
        owners.push(result!.customerId)
        const found = await shop.services.store.customers.identifiersOf(result!.customerId)
        expect(found).toEqual([{ type, value }])
        expect(found.some(isPlaceholder)).toBe(false)
      }
      expect(new Set(owners).size).toBe(people.length)
    }),
  )
})
