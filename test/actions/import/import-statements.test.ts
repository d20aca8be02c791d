import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { importStatements, previewStatements } from "../../../src/actions/import/import-statements.ts"
import { previewImport } from "../../../src/actions/import/preview-import.ts"
import type { StatementKind } from "../../../src/actions/import/statements.ts"
import type { Services } from "../../../src/services.ts"
import type { Store } from "../../../src/store/store.ts"
import { tester } from "../../support/actor.ts"
import { openTestStore } from "../../support/database.ts"
import { plainServices } from "../../support/plain-services.ts"
import { fileWriter } from "../../support/write-file.ts"

const write = fileWriter()
const nowMs = Date.UTC(2025, 5, 1)
let store: Store
let services: Services

beforeAll(async () => {
  store = await openTestStore()
  services = plainServices(store, () => nowMs)
})
afterAll(() => store.close())

function importLines(as: StatementKind, name: string, content: string) {
  const path = write(name, content)
  return importStatements(
    services,
    { path, as, mapping: {}, rejectedFile: `${path}.rejected.ndjson` },
    tester,
    () => {},
  )
}

describe("a catalogue", () => {
  const products = [
    "product_id;name;department;price;stock;colour;updated_at",
    "cup;Red cup;Kitchen > Cups;12,50;3;red;2025-03-01 10:00",
    "pot;Blue pot;Kitchen;1.299,00;;blue;2025-03-01 10:00",
    "bad;Bad;Kitchen;12,50;some;;2025-03-01 10:00",
    ";No id;Kitchen;12,50;3;;2025-03-01 10:00",
  ].join("\n")

  test("is read by its columns' names, a bad line alone rejected with its reason", async () => {
    const report = await importLines("items", "products.csv", products)
    expect(report).toMatchObject({ linesRead: 4, linesRecorded: 2, linesRejected: { invalid: 2 } })
    expect(report.rejectionExamples.invalid?.map(({ line, message }) => [line, message.split(":")[0]])).toEqual([
      [4, "stock"],
      [5, "id"],
    ])
    expect(await store.items.get("cup")).toEqual({
      id: "cup",
      title: "Red cup",
      category: ["Kitchen", "Cups"],
      price: 12.5,
      stock: 3,
      attributes: { colour: "red" },
      updatedAt: "2025-03-01T10:00:00.000Z",
    })
    expect((await store.items.get("pot"))?.price).toBe(1299)
    expect(await store.audit.list({ limit: 10 })).toMatchObject([
      {
        action: "imports.record",
        subject: { id: "products.csv" },
        after: { as: "items", linesRead: 4, linesRecorded: 2 },
      },
      { action: "items.upsert", subject: { id: null }, after: { created: 2, replaced: 0, ids: ["cup", "pot"] } },
    ])
  })

  test("read again changes nothing, and an older one overwrites nothing", async () => {
    const before = await store.items.get("cup")
    await importLines("items", "again.csv", products)
    const older = products.replaceAll("2025-03-01", "2024-03-01").replace("12,50", "1,50")
    expect(await importLines("items", "older.csv", older)).toMatchObject({ linesRecorded: 0, linesSuperseded: 2 })
    expect(await store.items.get("cup")).toEqual(before)
  })

  test("given without a word is told from a file of events", async () => {
    const path = write("unsaid.csv", products)
    await expect(previewImport({ path, mapping: { columns: {} } }, { nowMs })).rejects.toThrow(
      /looks like a catalogue: use --as items/,
    )
  })

  test("is read from JSON with its lists and attributes", async () => {
    const items = [{ id: "j1", title: "Lamp", category: ["Light"], attributes: { watt: 40 }, price: 20 }]
    await importLines("items", "items.json", JSON.stringify({ items }))
    expect(await store.items.get("j1")).toEqual(items[0])
  })
})

describe("customers", () => {
  const people = [
    "customer_id,email,city,age,zip,updated_at",
    "k1,kim@people.example,Rome,41,00184,2025-03-01T10:00:00Z",
    "NULL,,Rome,41,00184,2025-03-01T10:00:00Z",
    "k2,lou@people.example,Oslo,,0150,2099-03-01T10:00:00Z",
  ].join("\n")

  test("are known by their identifiers, what else the file says are traits", async () => {
    const report = await importLines("customers", "people.csv", people)
    expect(report).toMatchObject({ linesRead: 3, linesRecorded: 1, linesRejected: { noCustomer: 1, futureTime: 1 } })
    const byEmail = await store.customers.read({ type: "email", value: "kim@people.example" })
    const byId = await store.customers.read({ type: "userId", value: "k1" })
    expect(byEmail.customerId).toBe(byId.customerId)
    expect(byId.traits).toMatchObject({ city: "Rome", age: 41, zip: "00184" })
  })
})

describe("consents", () => {
  const consentsOf = async (value: string) => (await store.customers.read({ type: "userId", value })).consents

  test("are read with who said what of which purpose when", async () => {
    const report = await importLines(
      "consents",
      "consents.csv",
      [
        "user_id,purpose,granted,at,source,channels",
        "a1,marketing,yes,2025-03-01T10:00:00Z,form,email;sms",
        "a1,service,no,2025-03-01T10:00:00Z,form,",
        "a1,telepathy,yes,2025-03-01T10:00:00Z,form,",
        "a1,marketing,perhaps,2025-03-01T10:00:00Z,form,",
        "a1,marketing,yes,,form,",
      ].join("\n"),
    )
    expect(report).toMatchObject({ linesRecorded: 2, linesRejected: { invalid: 2, badTime: 1 } })
    expect(await consentsOf("a1")).toMatchObject({
      marketing: { granted: true, channels: ["email", "sms"], source: "form" },
      service: { granted: false },
    })
  })

  test("in a column for each purpose are statements of each", async () => {
    await importLines("consents", "wide.csv", "user_id,date,newsletter,analytics\na2,2025-03-01,1,0\n")
    expect(await consentsOf("a2")).toMatchObject({ marketing: { granted: true }, analytics: { granted: false } })
  })

  test("of an older file overwrite nothing", async () => {
    const file = (granted: string, at: string) => `user_id,purpose,granted,at\na3,marketing,${granted},${at}\n`
    await importLines("consents", "new.csv", file("no", "2025-03-02T10:00:00Z"))
    await importLines("consents", "old.csv", file("yes", "2025-03-01T10:00:00Z"))
    expect((await consentsOf("a3")).marketing?.granted).toBe(false)
  })
})

test("a preview counts the same and records nothing", async () => {
  const path = write("preview.csv", "id,title,price\nunseen,Unseen,5\nbad,Bad,free\n")
  const report = await previewStatements({ path, as: "items", mapping: {} }, nowMs)
  expect(report).toMatchObject({ linesRead: 2, linesRecorded: 1, linesRejected: { invalid: 1 }, rejectedFile: null })
  expect(await store.items.get("unseen")).toBeNull()
})
