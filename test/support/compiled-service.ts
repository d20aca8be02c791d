import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
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

async function compileInto(folder: string): Promise<void> {
  const compiler = resolve("node_modules/typescript/bin/tsc")
  const args = [compiler, "-p", "test/support/tsconfig.service.json", "--outDir", folder]
  await promisify(execFile)(process.execPath, args)
  for (const path of read) await cp(path, join(folder, path), { recursive: true })
}

const startsProcesses = (path: string) => readFileSync(path, "utf8").includes("support/service-process.ts")

/** Compiles the service and what it learns with, once for the processes of all test files, if any file starts some. */
export async function compileService(project: TestProject): Promise<() => Promise<void>> {
  if (!project.vitest.state.getPaths().some(startsProcesses)) return async () => {}
  const folder = await mkdtemp(join(tmpdir(), "beforehand-compiled-"))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await compileInto(folder)
    await symlink(resolve("node_modules"), join(folder, "node_modules"))
  } catch (error) {
    await remove()
    throw error
  }
  project.provide("compiledCommand", join(folder, "src/cli.js"))
  project.onTestsRerun(() => compileInto(folder))
  return remove
}
