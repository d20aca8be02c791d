import { execFile } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, expect, test } from "vitest"
import { defaultWorld } from "../models/simulate/world.ts"
import { scopes } from "../src/core/access/scope.ts"
import { freePort } from "../src/store/embedded/cluster.ts"
import { runCommand, type ServiceProcess, sourceCommand, startProcess } from "./support/service-process.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-start-"))
chmodSync(folder, 0o755)
const world = join(folder, "world.json")
writeFileSync(world, JSON.stringify({ ...defaultWorld, customers: 60, items: 50, days: 90 }))
const settings = { DATA_DIR: join(folder, "data"), PORT: String(await freePort()) }
const address = `http://127.0.0.1:${settings.PORT}`

let running: ServiceProcess | undefined
afterAll(async () => {
  await running?.end("SIGTERM")
  rmSync(folder, { recursive: true, force: true })
})

const start = (program?: readonly string[]) => {
  running = startProcess(["--world", world], settings, program)
  return running
}
const paste = async (call: string) => JSON.parse((await promisify(execFile)("sh", ["-c", call])).stdout)

interface Answer {
  customerId: string
  items: { id: string }[]
  models: object[]
}

let key = ""
const ask = async (path: string, body?: unknown): Promise<Answer> => {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" }
  const how = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) }
  const answer = await fetch(address + path, how)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Answer
}

test("a first start that is interrupted is done by the next, which prints calls that work when pasted", async () => {
  const interrupted = start(sourceCommand)
  await interrupted.says("stderr", "Training on what they did")
  expect(await interrupted.end("SIGINT")).toBe(0)

  const welcome = await start(sourceCommand).says("stdout", "/v1/track")
  expect(welcome).toContain(address)
  expect(welcome.match(/^ {2}bh_\w+_[\w-]{43}$/gm)).toHaveLength(scopes.length)
  const [recommend, decide, decideForOther, track] = welcome.match(/^curl .*\n.*$/gm)!
  const recommended = await paste(recommend!)
  expect(recommended.items).toHaveLength(5)
  expect(recommended.modelVersion).toEqual(expect.any(String))
  const [one, other] = [await paste(decide!), await paste(decideForOther!)]
  expect(one.selectionProbability).toBeGreaterThan(0)
  expect(other.selectionProbability).toBeGreaterThan(0)
  expect(other.customerId).not.toBe(one.customerId)
  expect((await paste(track!)).results).toMatchObject([{ status: "accepted" }])
}, 300_000)

test("a command in a second terminal works on the running server's database", async () => {
  key = await runCommand(["keys", "create", "--scope", "admin", "--name", "second terminal"], settings)
  expect((await ask("/v1/models")).models).toHaveLength(1)
  expect(await runCommand(["keys", "list"], settings)).toContain("second terminal")
}, 60_000)

test("a killed server comes back with everything, and shows no key again", async () => {
  const question = { customer: { userId: "u-1" }, placement: "home", limit: 20 }
  const { items, customerId } = await ask("/v1/recommend", question)
  expect(await running!.end("SIGKILL")).toBe(null)

  const welcome = await start().says("stdout", "/v1/track")
  expect(welcome).not.toContain("bh_")
  const after = await ask("/v1/recommend", question)
  expect(after.customerId).toBe(customerId)
  expect(after.items.map(({ id }) => id)).toEqual(items.map(({ id }) => id))
}, 120_000)

test("a taken port is said before anything is done", async () => {
  const second = startProcess([], settings)
  await expect(second.says("stdout", "listens")).rejects.toThrow(/port \d+ of 127\.0\.0\.1 is taken; set PORT/)
  expect(await second.end("SIGTERM")).toBe(2)
}, 60_000)

test("a command told to end does so cleanly", async () => {
  expect(await running!.end("SIGTERM")).toBe(0)
}, 60_000)
