import { Command, CommanderError } from "commander"
import { afterAll, expect, test } from "vitest"
import { describeAudit } from "../../src/commands/audit-command.ts"
import { describeKeys } from "../../src/commands/keys-command.ts"
import { describeSettings } from "../../src/commands/settings-command.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

/** Runs a command on the shop; returns what it prints. */
async function run(...words: string[]): Promise<string> {
  const printed: string[] = []
  const print = (text: string) => void printed.push(text)
  const withServices = (work: (services: typeof shop.services) => Promise<void>) => work(shop.services)
  const program = new Command().exitOverride((error) => {
    throw new CommanderError(2, error.code, error.message)
  })
  program.configureOutput({ writeErr: () => {} })
  const command = (name: string) =>
    program
      .command(name)
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
  describeAudit(command("audit"), withServices, print)
  describeKeys(command("keys"), withServices, print)
  describeSettings(command("settings"), withServices, print)
  await program.parseAsync(words, { from: "user" })
  return printed.join("\n")
}

test("a change by a command is its own, and the list shows the fields that differ", async () => {
  await run("settings", "set", "country=IT")
  await run("settings", "set", "country=FR", 'holidays=[{"date":"2026-12-25","name":"Noël"}]')
  const [head, ...changes] = (await run("audit", "--subject", "settings", "--limit", "1")).split("\n")
  expect(head).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}settings\.put {2}settings:shop {2}by beforehand settings set$/,
  )
  expect(changes).toEqual([
    "    version: 1 → 2",
    '    settings.country: "IT" → "FR"',
    '    settings.holidays: [] → [{"date":"2026-12-25","name":"Noël"}]',
    expect.stringMatching(/^more with --cursor \d+$/),
  ])
  const cursor = changes.at(-1)!.split(" ").at(-1)!
  expect(await run("audit", "--subject", "settings", "--cursor", cursor)).toContain("    version: nothing → 1")
})

test("a key's life is two changes that hold no key", async () => {
  const key = await run("keys", "create", "--scope", "read", "--name", "newsletter")
  const { id } = (await shop.services.store.keys.list()).find(({ name }) => name === "newsletter")!
  await run("keys", "revoke", id)
  const text = await run("audit", "--subject", `key:${id}`, "--json")
  expect(text).not.toContain(key.slice("bh_read_".length))
  expect((JSON.parse(text) as { entries: unknown[] }).entries).toMatchObject([
    { action: "keys.revoke", actor: { kind: "command", id: "keys revoke" }, before: { revokedAt: null } },
    {
      action: "keys.create",
      actor: { kind: "command", id: "keys create" },
      after: { name: "newsletter", scope: "read" },
    },
  ])
})

test("a change over HTTP names the key and the request", async () => {
  const put = await shop.ask("PUT", "/v1/policies/home", { body: {} })
  expect(await run("audit", "--action", "policies.put")).toMatch(
    new RegExp(`policy:home {2}by key test [0-9a-f-]{36} {2}request ${put.headers.get("x-request-id")}\n`),
  )
})

test("filters that find nothing, and those that cannot be, are told apart", async () => {
  expect(await run("audit", "--since", "2100-01-01")).toBe("no such change")
  expect(await run("audit", "--actor", "nobody")).toBe("no such change")
  await expect(run("audit", "--subject", "planet:mars")).rejects.toThrow("correct --subject: write kind or kind:id")
  await expect(run("audit", "--limit", "0")).rejects.toThrow("correct --limit")
  await expect(run("audit", "--action", "policies.eat")).rejects.toThrow("policies.put")
})
