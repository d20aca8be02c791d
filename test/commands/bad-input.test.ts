import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestDatabase, openTestStore } from "../support/database.ts"
import { day } from "../support/release.ts"
import { tryCommand } from "../support/service-process.ts"

const folder = await mkdtemp(join(tmpdir(), "commands-"))
const databaseUrl = await createTestDatabase()
const file = (name: string) => join(folder, name)
const lastDay = Math.floor(Date.now() / day) * day - 20 * day

beforeAll(async () => {
  await writeFile(file("broken.json"), "{")
  await writeFile(file("policy.json"), "{}")
  const store = await openTestStore(databaseUrl)
  const ordered = (n: number) => ({
    messageId: `m-${n}`,
    at: lastDay - n * day,
    name: "Order Completed",
    lines: [{ itemId: "tea", quantity: 1 }],
    properties: {},
    identifiers: [{ type: "userId", value: `u-${n}` }] as const,
  })
  const events = Array.from({ length: 20 }, (_, n) => ordered(n))
  await store.events.append(events, { mayMerge: false, receivedAt: Date.now() })
  await store.close()
})
afterAll(() => rm(folder, { recursive: true }))

interface Ended {
  exitCode: number
  said: string
}

async function run(...given: string[]): Promise<Ended> {
  const { exitCode, stdout, stderr } = await tryCommand(databaseUrl, given)
  return { exitCode, said: stdout + stderr }
}

const cases: readonly [given: string[], exitCode: 1 | 2, says: RegExp][] = [
  [["promote", "nonsense"], 2, /write an id; beforehand releases lists them/],
  [["promote"], 1, /there is no release yet; make one with: beforehand train/],
  [["export", file("model"), "--release", "nonsense"], 2, /write an id/],
  [["plan", "--show", "nonsense"], 2, /write an id/],
  [["plan", "--dry-run"], 1, /give --money and --volume/],
  [["plan", file("missing.json")], 1, /missing.json cannot be used: there is no such file/],
  [["evaluate", "--cut", "2099-01-01"], 1, /no events after 2099-01-01: choose an earlier --cut; the events are of/],
  [["evaluate", "--cut", "1999-01-01"], 1, /no events before 1999-01-01: choose a later --cut/],
  [["train", "--until", "1999-01-01"], 1, /no event before 1999-.* send events, or import a file of orders/],
  [["evaluate-policy", file("broken.json")], 1, /correct .*broken.json: it is not JSON/],
  [["evaluate-policy", file("policy.json"), "--release", "nonsense"], 2, /write an id/],
  [
    ["evaluate-policy", file("policy.json")],
    1,
    /no decision was logged in the last 90 days: ask POST .* or look further back with --days/,
  ],
  [["start", "--world", file("missing.json")], 1, /missing.json cannot be used/],
]

test("whatever is asked wrongly is told in words that say what to do, with an exit code that is not 0", async () => {
  const ended: Ended[] = []
  for (let n = 0; n < cases.length; n += 4) {
    ended.push(...(await Promise.all(cases.slice(n, n + 4).map(([given]) => run(...given)))))
  }
  cases.forEach(([given, exitCode, says], n) => {
    const { said, ...code } = ended[n]!
    expect({ given, ...code }).toEqual({ given, exitCode })
    expect(said).toMatch(says)
    expect(said).not.toMatch(/invalid input syntax|ENOENT|Failed query|LOG_LEVEL=debug/)
  })
}, 180_000)

test("a campaign that nobody gets says why on the side, and leaves the results empty", async () => {
  const { exitCode, said } = await run("export", "campaign", "spring", "--placement", "nowhere")
  expect(exitCode).toBe(0)
  expect(said).toMatch(/^nobody gets anything: .*POST \/v1\/decide/m)
}, 60_000)
