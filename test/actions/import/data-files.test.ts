import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { dataFilesIn } from "../../../src/actions/import/data-files.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-folder-"))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (...path: string[]) => {
  const whole = join(folder, ...path)
  mkdirSync(join(whole, ".."), { recursive: true })
  writeFileSync(whole, "")
  return whole
}

test("a folder of an archive is all its data files in order, a file and a release's folder are none", () => {
  const [late, early] = [file("logs", "2025-03-15", "b.gz"), file("logs", "2025-03-14", "a.ndjson.gz")]
  file("logs", "README.md")
  expect(dataFilesIn(join(folder, "logs"))).toEqual([early, late])
  expect(dataFilesIn(late)).toBeUndefined()
  file("release", "items.json")
  file("release", "factors.safetensors")
  expect(dataFilesIn(join(folder, "release"))).toBeUndefined()
})
