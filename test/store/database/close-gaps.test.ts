import { type SQL, sql } from "drizzle-orm"
import { afterAll, expect, test } from "vitest"
import { connect } from "../../../src/store/database/database.ts"
import { createTestDatabase } from "../../support/database.ts"

const { byKey, close } = connect(await createTestDatabase(), { connections: 1 })
afterAll(() => close())

/** Fails at its fourth row, after three were sent. */
const failing = (most: number) => sql`select i, 1 / (4 - i) as one from generate_series(1, ${most}::int) i`
const numbers = (most: number) => sql`select x from generate_series(1, ${most}::int) x`
const rowsOf = async (answer: PromiseLike<Iterable<unknown>>) => Array.from(await answer)
const ask = (statement: SQL) => rowsOf(byKey.execute(statement))

test("a statement behind one that failed after some of its rows has all of its own", async () => {
  await ask(numbers(1))
  const answers = await Promise.allSettled([failing(9), numbers(2), numbers(5), failing(8), numbers(1)].map(ask))
  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : "failed"))).toEqual([
    "failed",
    [{ x: 1 }, { x: 2 }],
    [1, 2, 3, 4, 5].map((x) => ({ x })),
    "failed",
    [{ x: 1 }],
  ])
})
