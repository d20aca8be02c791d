import { readFile } from "node:fs/promises"
import { CommanderError } from "commander"
import { expect, test } from "vitest"
import { describeFailure } from "../../src/commands/failure.ts"
import { ConfigError, parseConfig } from "../../src/config.ts"
import { ApiError } from "../../src/core/problem/problem.ts"

test("what was asked wrongly exits with 2, what could not be done with 1", () => {
  expect(describeFailure(new ConfigError("set PORT"), false)).toEqual({ message: "set PORT", exitCode: 2 })
  expect(describeFailure(new ApiError("notFound", "no release"), false)).toEqual({ message: "no release", exitCode: 1 })
})

test("a bad configuration names each variable and what to write", () => {
  const wrong = {
    PORT: "abc",
    PROCESSES: "1.5",
    EVENTS_DAYS: "2",
    DATABASE_URL: "mysql://shop:word-of-it@db/shop",
    PUBLIC_URL: "shop",
    LOG_LEVEL: "verbose",
    DEMO: "yes",
    ALLOW_VOLATILE: "true",
    CORS_ORIGINS: "https://shop.example/, *",
    ADMIN_KEY: "short-one",
  }
  let message = ""
  try {
    parseConfig(wrong)
  } catch (error) {
    message = describeFailure(error, false)!.message
  }
  for (const said of [
    'PORT is "abc"; give a whole number from 0 to 65535',
    'PROCESSES is "1.5"; give a whole number from 1 to 256',
    'EVENTS_DAYS is "2"; give a whole number from 7 to 36500',
    "DATABASE_URL is unusable (31 characters, not shown); give postgres://user:password@host:port/database",
    'PUBLIC_URL is "shop"; give an address such as https://shop.example',
    'LOG_LEVEL is "verbose"; give silent, error, warn, info or debug',
    'DEMO is "yes"; give on or off',
    'ALLOW_VOLATILE is "true"; give 0 or 1',
    'CORS_ORIGINS is "https://shop.example/, *"; give * or origins such as https://shop.example',
    "ADMIN_KEY is unusable (9 characters, not shown); give at least 16 characters",
  ])
    expect(message.split("\n").map((line) => line.trim())).toContain(said)
  expect(message).not.toMatch(/word-of-it|short-one/)
})

test("what the command line has said already is not said again", () => {
  expect(describeFailure(new CommanderError(2, "commander.unknownOption", "unknown"), false)).toBeNull()
})

test("a database that cannot be reached is named as such, whatever statement met it", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" })
  const { message } = describeFailure(new Error("Failed query: select 1", { cause: refused }), false)!
  expect(message).toBe("the database cannot be used: connect ECONNREFUSED 127.0.0.1:1; check DATABASE_URL")
})

test("a file that cannot be used is named with what is wrong with it", async () => {
  const failureOf = async (path: string) =>
    describeFailure(await readFile(path).catch((error: unknown) => error), false)
  expect(await failureOf("/nowhere/policy.json")).toEqual({
    message: "/nowhere/policy.json cannot be used: there is no such file or folder",
    exitCode: 1,
  })
  expect((await failureOf("/dev/null/policy.json"))!.message).toContain("a part of the path is a file")
  expect((await failureOf("/"))!.message).toContain("name a file")
})

test("a value that the database cannot read is told without the words of its statement", () => {
  const refused = Object.assign(new Error('invalid input syntax for type uuid: "x"'), { code: "22P02" })
  const { message } = describeFailure(new Error("Failed query: select", { cause: refused }), false)!
  expect(message).toContain("cannot read a given value as an id")
  expect(message).not.toMatch(/syntax|uuid|select/)
})

test("an unforeseen failure tells its reason, and on request its place", () => {
  const error = new Error("Failed query: insert", { cause: new Error("disk full") })
  expect(describeFailure(error, false)!.message).toMatch(/^disk full/)
  expect(describeFailure(error, true)!.message).toContain("failure.test.ts")
})
