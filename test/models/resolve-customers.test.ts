import { afterAll, beforeAll, expect, test } from "vitest"
import { resolveCustomers } from "../../models/identity/resolve-customers.ts"
import { makeDirtyRecords } from "../../models/simulate/dirty-records.ts"
import { drawDirtyWorld } from "../../models/simulate/dirty-world.ts"
import { joinByScore } from "../../src/actions/identity/join-by-score.ts"
import type { IdentityCandidates } from "../../src/core/identity/candidate.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const { records, personOf } = makeDirtyRecords(drawDirtyWorld("medium", 700, 5), 5)

let shop: TestApp
/** Person of each customer, before anything is joined by score. */
const personOfCustomer = new Map<string, number>()
beforeAll(async () => {
  shop = await openTestApp()
  // Nothing but a user id of its own is an identifier, so no rule joins; the rest is what the resolver has.
  const batch = records.map(({ identifiers, traits }, n) => ({
    type: "identify",
    userId: `r-${n}`,
    traits: { ...traits, ...Object.fromEntries(identifiers.map(({ type, value }) => [`${type}Given`, value])) },
  }))
  for (let from = 0; from < batch.length; from += 100) {
    const { status, json } = await shop.ask("POST", "/v1/batch", {
      key: "ingest",
      body: { batch: batch.slice(from, from + 100) },
    })
    if (status !== 200) throw new Error(`the batch was answered ${status}`)
    const results = json.results as { customerId: string }[]
    for (const [n, { customerId }] of results.entries()) personOfCustomer.set(customerId, personOf[from + n]!)
  }
}, 120_000)
afterAll(() => shop.close())

const run = (more: object = {}) =>
  resolveCustomers(shop.services, { posterior: 0.95, dryRun: false, join: joinByScore(shop.services), ...more })
const customers = async () =>
  Number((await shop.sql("select count(*) as n from profiles where merged_into is null"))[0]!.n)
const candidates = async (query = "", key: "read" | "ingest" = "read") =>
  (await shop.ask("GET", `/v1/identity/candidates${query}`, { key })).json as unknown as IdentityCandidates

test("a dry run says who would join, and joins nobody", async () => {
  const before = await customers()
  const { joined, joins, records: read } = await run({ dryRun: true })
  expect(read).toBe(700)
  expect(joined).toBe(joins.length)
  expect(joined).toBeGreaterThan(50)
  expect(await customers()).toBe(before)
  expect((await candidates()).candidates).toEqual([])
})

test("somebody's word keeps two apart whom the score would join", async () => {
  const { joins } = await run({ dryRun: true })
  const { recordA, recordB } = joins[0]!
  const said = await shop.ask("POST", "/v1/identity/links", { body: { a: recordA, b: recordB, verdict: "different" } })
  expect(said.status).toBe(200)
  const again = await run({ dryRun: true })
  const pairs = again.joins.map(({ recordA: a, recordB: b }) => [a, b].sort().join())
  expect(pairs).not.toContain([recordA, recordB].sort().join())
})

test("a run joins people of whom nearly all are one, and a second run has nothing more to join", async () => {
  const before = await customers()
  const { joined, joins } = await run()
  expect(await customers()).toBe(before - joined)
  const right = joins.filter((pair) => personOfCustomer.get(pair.customerA) === personOfCustomer.get(pair.customerB))
  expect(right.length / joins.length).toBeGreaterThan(0.97)
  const { recordA, posterior } = joins[0]!
  const [link] = await shop.sql(
    `select origin, posterior from record_links where record_a = '${recordA}' or record_b = '${recordA}' order by id limit 1`,
  )
  expect(["score", "word"]).toContain(link!.origin)
  expect(posterior).toBeGreaterThan(0.95)
  expect((await run()).joined).toBeLessThan(joined / 20)
})

test("doubtful pairs wait, worth most first, and a verdict takes one out for good", async () => {
  const first = await candidates("?limit=1")
  const all = await candidates("?limit=200")
  expect(first.candidates[0]).toEqual(all.candidates[0])
  const second = await candidates(`?limit=1&cursor=${first.nextCursor}`)
  expect(second.candidates[0]).toEqual(all.candidates[1])
  const worths = all.candidates.map(({ worth }) => worth)
  expect(worths).toEqual(worths.toSorted((a, b) => b - a))
  const { recordA, recordB, valuesA, weights, probability } = all.candidates[0]!
  expect(probability).toBeLessThan(0.95)
  expect(weights.length).toBeGreaterThan(0)
  expect(valuesA).not.toBeNull()
  await shop.ask("POST", "/v1/identity/links", { body: { a: recordA, b: recordB, verdict: "different" } })
  const isPair = (one: IdentityCandidates["candidates"][number]) => one.recordA === recordA && one.recordB === recordB
  expect((await candidates("?limit=200")).candidates.some(isPair)).toBe(false)
  await run()
  expect((await candidates("?limit=200")).candidates.some(isPair)).toBe(false)
})

test("a key that may not read customers sees no values", async () => {
  const { candidates: page } = await candidates("?limit=1", "ingest")
  expect(page[0]!.valuesA).toBeNull()
})
