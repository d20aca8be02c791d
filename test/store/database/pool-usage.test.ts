import { setTimeout as sleep } from "node:timers/promises"
import { sql } from "drizzle-orm"
import { afterAll, expect, test } from "vitest"
import { connect } from "../../../src/store/database/database.ts"
import { createTestDatabase } from "../../support/database.ts"

const { writing, byKey, database, pools, close } = connect(await createTestDatabase(), { connections: 10 })
afterAll(() => close())

const usageOf = (name: string) => pools().find((pool) => pool.name === name)!
const waitsOf = (name: string) => usageOf(name).waits.counts.reduce((sum, count) => sum + count, 0)

test("a pool is as large as its share of the connections", () => {
  expect(pools().map(({ name, max }) => [name, max])).toEqual([
    ["keyedReads", 3],
    ["keyedWrites", 3],
    ["reads", 2],
    ["writes", 2],
  ])
})

test("each statement and transaction is one wait of its pool", async () => {
  const before = ["keyedReads", "keyedWrites", "reads"].map(waitsOf)
  for (let n = 0; n < 5; n++) await byKey.execute(sql`select ${n}::int`)
  for (let n = 0; n < 3; n++)
    await writing.transaction(async (transaction) => {
      await transaction.execute(sql`select ${n}::int`)
      await transaction.execute(sql`select 1`)
    })
  await database.execute(sql`select 1`)
  expect(["keyedReads", "keyedWrites", "reads"].map((name, n) => waitsOf(name) - before[n]!)).toEqual([5, 3, 1])
})

test("what waits while all connections are taken is seen, and how long it waited is counted", async () => {
  const held: (() => void)[] = []
  const hold = () =>
    writing.transaction(async (transaction) => {
      await transaction.execute(sql`select 1`)
      await new Promise<void>((resolve) => held.push(resolve))
    })
  const holding = [hold(), hold(), hold()]
  await expect.poll(() => held.length, { timeout: 20_000 }).toBe(3)
  const { sumSeconds } = usageOf("keyedWrites").waits
  const late = writing.execute(sql`select 1`).then(() => {})
  await expect.poll(() => usageOf("keyedWrites")).toMatchObject({ max: 3, open: 3, busy: 3, waiting: 1 })
  await sleep(150)
  for (const release of held) release()
  await Promise.all([...holding, late])
  expect(usageOf("keyedWrites")).toMatchObject({ busy: 0, waiting: 0 })
  expect(usageOf("keyedWrites").waits.sumSeconds - sumSeconds).toBeGreaterThan(0.15)
})

test("a statement that opens the pool's first connection has waited for it", async () => {
  const first = connect(await createTestDatabase(), { connections: 4 })
  await first.byKey.execute(sql`select ${1}::int`)
  const [reads] = first.pools()
  expect(reads).toMatchObject({ name: "keyedReads", open: 1, busy: 0, waiting: 0 })
  expect(reads!.waits.counts.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(reads!.waits.sumSeconds).toBeGreaterThan(0)
  await first.close()
})
