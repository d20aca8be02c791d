import { sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { createLog } from "../../src/start/log.ts"
import { connect } from "../../src/store/database/database.ts"
import { createTestDatabase } from "../support/database.ts"

test("a failed query is logged with its text and its cause, without the values it was asked with", async () => {
  const { database, close } = await connect(await createTestDatabase())
  const failure = await database
    .execute(sql`select ${"ann@shop.example"} from no_such_table`)
    .catch((error: unknown) => error)
  await close()
  const lines: string[] = []
  createLog("info", { write: (line) => void lines.push(line) }).error({ err: failure }, "request failed")
  const { err } = JSON.parse(lines[0]!)
  expect(err).toMatchObject({ query: "select $1 from no_such_table", cause: { code: "42P01" } })
  expect(err.stack).toContain("    at ")
  expect(lines[0]).not.toContain("ann@shop.example")
})

test("what was thrown and is no error is logged all the same", () => {
  const lines: string[] = []
  createLog("info", { write: (line) => void lines.push(line) }).warn({ err: "odd" }, "thrown")
  expect(JSON.parse(lines[0]!).err).toEqual({ type: "string", message: "odd", stack: "" })
})

test("an error that quotes a text which does not parse is logged without it", () => {
  const lines: string[] = []
  try {
    JSON.parse("ann@shop.example")
  } catch (err) {
    createLog("info", { write: (line) => void lines.push(line) }).error({ err }, "failed to read")
  }
  expect(JSON.parse(lines[0]!).err).toMatchObject({ type: "SyntaxError", message: "a text does not parse" })
  expect(lines[0]).not.toContain("ann@")
})
