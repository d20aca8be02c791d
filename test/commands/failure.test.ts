import { CommanderError } from "commander"
import { expect, test } from "vitest"
import { describeFailure } from "../../src/commands/failure.ts"
import { ConfigError } from "../../src/config.ts"
import { ApiError } from "../../src/core/problem.ts"

test("what was asked wrongly exits with 2, what could not be done with 1", () => {
  expect(describeFailure(new ConfigError("set PORT"), false)).toEqual({ message: "set PORT", exitCode: 2 })
  expect(describeFailure(new ApiError("notFound", "no release"), false)).toEqual({ message: "no release", exitCode: 1 })
})

test("what the command line has said already is not said again", () => {
  expect(describeFailure(new CommanderError(2, "commander.unknownOption", "unknown"), false)).toBeNull()
})

test("a database that cannot be reached is named as such, whatever statement met it", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" })
  const { message } = describeFailure(new Error("Failed query: select 1", { cause: refused }), false)!
  expect(message).toBe("the database cannot be used: connect ECONNREFUSED 127.0.0.1:1; check DATABASE_URL")
})

test("an unforeseen failure tells its reason, and on request its place", () => {
  const error = new Error("Failed query: insert", { cause: new Error("disk full") })
  expect(describeFailure(error, false)!.message).toMatch(/^disk full/)
  expect(describeFailure(error, true)!.message).toContain("failure.test.ts")
})
