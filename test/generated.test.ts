import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { compileEmailLayouts, emailLayoutsPath } from "./support/compile-email-layouts.ts"
import { generatedDocuments } from "./support/write-docs.ts"

test("the committed kernel is what its source compiles to", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "kernel-"))
  try {
    const rebuilt = join(folder, "kernel.wasm")
    const config = "src/kernel/assembly/asconfig.json"
    const compiler = "node_modules/assemblyscript/bin/asc.js"
    execFileSync("node", [compiler, "src/kernel/assembly/index.ts", "--config", config, "--outFile", rebuilt])
    const same = readFileSync(rebuilt).equals(readFileSync("src/kernel/kernel.wasm"))
    expect(same, "run `npm run kernel:build`").toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("the committed layouts of mails are what their sources compile to", async () => {
  expect(readFileSync(emailLayoutsPath, "utf8"), "run `npm run email:build`").toBe(await compileEmailLayouts())
})

test.each(Object.entries(generatedDocuments()))("the committed %s is what its source says", (path, text) => {
  expect(readFileSync(path, "utf8") === text, "run `npm run docs:build`").toBe(true)
})
