import { expect, test } from "vitest"
import { logRefusal } from "../../../src/http/server/log-refusals.ts"

test("many refusals of one reason are one line with their number, and another reason is another line", async () => {
  const lines: object[] = []
  const log = { warn: (line: object) => void lines.push(line) }
  for (let n = 0; n < 500; n++) logRefusal(log, { status: 503, reason: "overload" })
  const err = new Error("no connection")
  logRefusal(log, { status: 503, reason: "the database cannot be reached", err })
  await expect.poll(() => lines, { timeout: 10_000 }).toHaveLength(2)
  expect(lines).toEqual([
    { status: 503, reason: "overload", count: 500 },
    { status: 503, reason: "the database cannot be reached", count: 1, err },
  ])
  logRefusal(log, { status: 503, reason: "overload" })
  await expect.poll(() => lines, { timeout: 10_000 }).toHaveLength(3)
  expect(lines[2]).toEqual({ status: 503, reason: "overload", count: 1 })
})
