import { execFile } from "node:child_process"
import { cp, mkdtemp, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the command line, compiled: it starts in a third of the time that its source takes. */
    compiledCommand: string
  }
}

const read = ["drizzle", "package.json", "src/kernel/kernel.wasm", "models/simulate/default-world.json"]

/** Compiles the service and what it learns with, once for the processes of all test files. */
export async function compileService(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "beforehand-compiled-"))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const compiler = resolve("node_modules/typescript/bin/tsc")
    const args = [compiler, "-p", "test/support/tsconfig.service.json", "--outDir", folder]
    await promisify(execFile)(process.execPath, args)
    for (const path of read) await cp(path, join(folder, path), { recursive: true })
    await symlink(resolve("node_modules"), join(folder, "node_modules"))
  } catch (error) {
    await remove()
    throw error
  }
  project.provide("compiledCommand", join(folder, "src/cli.js"))
  return remove
}
