import { describe, expect, test } from "vitest"
import { configTable } from "../../src/commands/config-command.ts"
import { ConfigError, configWarnings, parseConfig, type Variable, variables } from "../../src/config.ts"
import { runCommand } from "../support/service-process.ts"

const names = Object.keys(variables)

test("the table has every variable once, with its value in force", () => {
  const lines = configTable({ PORT: "8080", EVENTS_DAYS: " 365 " }).split("\n")
  for (const name of names) expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1)
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}PORT +8080 +Port to listen on/))
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}EVENTS_DAYS +365 .*7 to 36500; days/))
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}HOST +127\.0\.0\.1 /))
})

test("the table shows neither keys nor the database's address", () => {
  const table = configTable({ ADMIN_KEY: "0123456789abcdef", DATABASE_URL: "postgres://shop:sesame@db/shop" })
  expect(table).toMatch(/ADMIN_KEY +\(set\)/)
  expect(table).not.toMatch(/0123456789abcdef|sesame/)
})

test("the command prints it, and refuses what a variable does not take", async () => {
  expect(await runCommand(["config"], { MAX_IN_FLIGHT: "64" })).toMatch(/MAX_IN_FLIGHT +64 /)
  expect(() => configTable({ MAX_IN_FLIGHT: "many" })).toThrow(ConfigError)
})

test.each(Object.entries<Variable>(variables))(
  "%s: its default is a value that it takes",
  (_, { default: given, read }) => {
    if (given !== undefined) expect(read(given)).toBeDefined()
  },
)

test("a variable that is empty or blank is not given", () => {
  const empty = Object.fromEntries(names.map((name) => [name, " "]))
  expect(parseConfig(empty)).toEqual(parseConfig({}))
})

describe("warned about is", () => {
  const warned = (env: Record<string, string>) => configWarnings(parseConfig({ PUBLIC_URL: "https://a.example" }), env)

  test.each([
    ["EVENT_DAYS", "EVENTS_DAYS"],
    ["DATABASE_URI", "DATABASE_URL"],
    ["log_level", "LOG_LEVEL"],
    ["PROCESSESS", "PROCESSES"],
    ["DATADIR", "DATA_DIR"],
  ])("%s, for %s", (name, meant) => {
    expect(warned({ [name]: "1" })).toEqual([
      `${name} is no variable of this service and is ignored; write ${meant} if that is meant`,
    ])
  })

  test("no variable of ours or of another program", () => {
    expect(
      warned({ ...Object.fromEntries(names.map((name) => [name, "1"])), HOSTS: "1", SPORT: "1", PATH: "/bin" }),
    ).toEqual([])
  })
})
