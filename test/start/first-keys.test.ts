import { Writable } from "node:stream"
import { afterAll, expect, test } from "vitest"
import { createApp } from "../../src/app.ts"
import { parseConfig } from "../../src/config.ts"
import { makeFirstKeys } from "../../src/start/first-keys.ts"
import { createLog } from "../../src/start/log.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const [older, newer] = ["the-older-admin-key-1234", "the-newer-admin-key-5678"]
let logged = ""
const write = (chunk: Buffer, _: BufferEncoding, done: () => void) => {
  logged += chunk.toString()
  done()
}
const log = createLog("info", new Writable({ write }))

const startWith = (environment: Record<string, string>) =>
  makeFirstKeys({ ...shop.services, log, config: parseConfig(environment) })

/** Returns the status that each key gets from a server that has just started. */
async function statuses(...keys: string[]): Promise<number[]> {
  const app = createApp(shop.services)
  const answers = keys.map((key) => app.request("/v1/items", { headers: { authorization: `Bearer ${key}` } }))
  return (await Promise.all(answers)).map(({ status }) => status)
}

test("a key that is changed in the environment ends the one before, which is logged without either", async () => {
  await startWith({ ADMIN_KEY: older, READ_KEY: "a-read-key-that-stays" })
  expect(await statuses(older)).toEqual([200])
  expect(logged).toBe("")
  await startWith({ ADMIN_KEY: newer, READ_KEY: "a-read-key-that-stays" })
  expect(await statuses(older, newer, "a-read-key-that-stays")).toEqual([401, 200, 200])
  expect(logged).toContain('"variable":"ADMIN_KEY"')
  expect(logged).not.toMatch(/the-older|the-newer/)
})

test("keys made by command outlive a change of the environment", async () => {
  expect(await statuses(shop.keys.admin)).toEqual([200])
})

test("a process that still has the replaced key neither gets it back nor ends the new one", async () => {
  logged = ""
  await startWith({ ADMIN_KEY: older })
  expect(await statuses(older, newer)).toEqual([401, 200])
  expect(logged).toContain("was revoked or replaced before")
})
