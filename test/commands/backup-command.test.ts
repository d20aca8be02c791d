import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { runCommand, startProcess } from "../support/service-process.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-backup-command-"))
chmodSync(folder, 0o755)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("a running service's embedded database is backed up, and restored into another data folder", async () => {
  const [original, other] = ["original", "other"].map((name) => ({ DATA_DIR: join(folder, name), DEMO: "off" }))
  const file = join(folder, "shop.backup")
  const service = startProcess([], { ...original!, PORT: String(await freePort()) })
  await service.says("stdout", "listens")
  try {
    expect(await runCommand(["backup", file], original!)).toMatch(/shop\.backup: \d+ tables, \d+ rows, \d+\.\d MB$/)
    await expect(runCommand(["backup", file], original!)).rejects.toThrow("add --force to overwrite it")
    await expect(runCommand(["restore", file, "--force"], original!)).rejects.toThrow("is in use; stop the service")
  } finally {
    await service.end("SIGTERM")
  }
  expect(await runCommand(["restore", file, "--check"], other!)).toContain("is whole")
  expect(await runCommand(["restore", file], other!)).toMatch(/^restored \d+ tables, \d+ rows/)
  await expect(runCommand(["restore", file], other!)).rejects.toThrow("add --force")
  expect(await runCommand(["keys", "list"], other!)).toBe(await runCommand(["keys", "list"], original!))
}, 300_000)

test("a data folder without a database has nothing to back up, and none is made", async () => {
  const settings = { DATA_DIR: join(folder, "nothing") }
  await expect(runCommand(["backup", join(folder, "none.backup")], settings)).rejects.toThrow("there is no database in")
})
