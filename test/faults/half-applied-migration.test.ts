import postgres from "postgres"
import { expect, test } from "vitest"
import { openTestStore } from "../support/database.ts"
import { createOldDatabase } from "../support/old-database.ts"

test("a migration that fails half-way leaves nothing behind and starts anew once its obstacle is gone", async () => {
  const { url, decisionId } = await createOldDatabase()
  const client = postgres(url, { max: 1, onnotice: () => {} })
  const kinds = async () =>
    (
      await client`select relname, relkind from pg_class where relname in ('messages', 'events', 'decisions') order by 1`
    ).map(({ relname, relkind }) => `${relname} ${relkind}`)
  const before = ["decisions r", "events r", "messages r"]
  expect(await kinds()).toEqual(before)

  // The migration to partitions comes first and succeeds; the next meets a function of its own name.
  await client`create function end_customer(ending uuid) returns void language sql as $$ select $$`
  await expect(openTestStore(url)).rejects.toThrow()
  expect(await kinds()).toEqual(before)

  await client`drop function end_customer`
  const store = await openTestStore(url)
  expect(await kinds()).toEqual(["decisions p", "events p", "messages p"])
  expect(await store.decisions.read(decisionId)).toMatchObject({ decision: { id: decisionId } })
  await store.close()
  await client.end()
})
