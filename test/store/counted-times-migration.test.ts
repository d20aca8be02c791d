import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { expect, test } from "vitest"
import { newId } from "../../src/start/new-id.ts"
import { migrate } from "../../src/store/database/migrate.ts"
import { createDatabaseAfter } from "../support/old-database.ts"

test("times from callers that are still to come, and budgets of placements without a policy, are mended in an old database", async () => {
  const client = postgres(await createDatabaseAfter(10), { max: 2, onnotice: () => {} })
  const [poisoned, sound, decisionId] = [newId(), newId(), newId()]
  const yesterday = Date.now() - 86_400_000
  const held = {
    decisionId,
    offerId: "a",
    channel: "web",
    reservedAt: yesterday,
    expiresAt: yesterday,
    activatedAt: null,
  }
  const future = Date.UTC(9999, 0, 1)
  const before = [
    { ...held, activatedAt: future, response: "clicked", respondedAt: future },
    { ...held, decisionId: newId() },
    { ...held, reservedAt: future, activatedAt: future },
  ]
  await client`insert into contacts (customer_id, reservations, updated_at) values
    (${poisoned}, ${client.json(before)}, now()), (${sound}, ${client.json([{ ...held, activatedAt: yesterday }])}, now())`
  await client`insert into policies values ('hero', 1, 'hero-1', '{}', now())`
  await client`insert into supplies (key, used, held, updated_at) values
    ('budget:made-up:ever', 1, 2, now()), ('budget:other: one:ever', 4, 0, now()), ('budget:default:ever', 8, 0, now()),
    ('budget:made-up:2026-11', 16, 0, now()), ('budget:hero:ever', 32, 0, now()), ('offer:a:made', 64, 0, now())`
  await client`insert into supply_holds values (${decisionId}, 'budget:made-up:ever', 2, now())`

  const startedAt = Date.now()
  await migrate(drizzle(client))
  const [mended] = await client`select reservations from contacts where customer_id = ${poisoned}`
  const [first, second, third] = mended!.reservations
  expect(first).toEqual({ ...before[0], activatedAt: yesterday, respondedAt: first.respondedAt })
  expect(second).toEqual(before[1])
  for (const at of [first.respondedAt, third.reservedAt, third.activatedAt]) {
    expect(at).toBeGreaterThan(startedAt - 60_000)
    expect(at).toBeLessThanOrEqual(Date.now())
  }
  const [untouched] = await client`select version, reservations from contacts where customer_id = ${sound}`
  expect(untouched).toMatchObject({ version: "1", reservations: [{ ...held, activatedAt: yesterday }] })
  expect(await client`select key, used, held from supplies order by key`).toEqual([
    { key: "budget:default:2026-11", used: 16, held: 0 },
    { key: "budget:default:ever", used: 13, held: 2 },
    { key: "budget:hero:ever", used: 32, held: 0 },
    { key: "offer:a:made", used: 64, held: 0 },
  ])
  expect(await client`select key from supply_holds`).toEqual([{ key: "budget:default:ever" }])
  await client.end()
})
