import pino from "pino"
import postgres from "postgres"
import { afterAll, expect, test } from "vitest"
import { followCatalogue } from "../../src/work/follow-catalogue.ts"
import { tester } from "../support/actor.ts"
import { createTestDatabase, openTestStore } from "../support/database.ts"

const databaseUrl = await createTestDatabase()
const here = await openTestStore(databaseUrl)
const elsewhere = await openTestStore(databaseUrl)
const asOwner = async (statement: string) => {
  const client = postgres(databaseUrl, { max: 1 })
  await client.unsafe(statement)
  await client.end()
}
const log = pino({ level: "silent" })
const catalogue = await followCatalogue({ store: here, clock: Date.now, log })
afterAll(async () => {
  await catalogue.stop()
  await here.close()
  await elsewhere.close()
})

test("what another process writes, changes and deletes reaches the catalogue in memory", async () => {
  const title = () => catalogue.current().items.get("cream")?.title
  await elsewhere.items.upsert([{ id: "cream", title: "Cream" }], tester)
  await expect.poll(title, { timeout: 10_000 }).toBe("Cream")
  await elsewhere.items.upsert([{ id: "cream", title: "Better cream" }], tester)
  await expect.poll(title, { timeout: 10_000 }).toBe("Better cream")
  await elsewhere.items.remove("cream", tester)
  await expect.poll(title, { timeout: 10_000 }).toBeUndefined()
})

test("a version in use is never changed under the reader", async () => {
  const before = catalogue.current()
  await elsewhere.items.upsert([{ id: "soap", title: "Soap" }], tester)
  await catalogue.refresh()
  expect(catalogue.current().version).toBe(before.version + 1)
  expect(before.items.has("soap")).toBe(false)
})

test("a reading has what was written since the one before, also late or at the same moment, and not again what is known", async () => {
  const idsOf = ({ changes }: { changes: readonly { id: string }[] }) => changes.map(({ id }) => id).sort()
  await elsewhere.items.upsert([{ id: "first", title: "First" }], tester)
  const start = await here.items.changedSince(null)
  expect(idsOf(start)).toContain("first")
  const idle = await here.items.changedSince(start.cursor)
  expect(idle.changes).toEqual([])
  await elsewhere.items.patch([{ id: "first", patch: { stock: 1 } }], tester)
  await elsewhere.items.upsert([{ id: "second", title: "Second" }], tester)
  const next = await here.items.changedSince(idle.cursor)
  expect(idsOf(next)).toEqual(["first", "second"])

  await asOwner(
    "update items set updated_at = (select updated_at from items where id = 'second') where id in ('soap', 'first')",
  )
  const sameMoment = await here.items.changedSince(next.cursor)
  expect(idsOf(sameMoment)).toEqual(["first", "second", "soap"].sort())
  await asOwner("update items set item = jsonb_set(item, '{stock}', '2') where id = 'soap'")
  const rewritten = await here.items.changedSince(sameMoment.cursor)
  expect(rewritten.changes.find(({ id }) => id === "soap")?.value).toMatchObject({ stock: 2 })
  expect((await here.items.changedSince(rewritten.cursor)).changes).toEqual([])
})
