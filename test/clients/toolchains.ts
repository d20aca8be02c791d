import { execFile } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { cp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

export const run = promisify(execFile)

/** Error for a program that a client needs and this machine lacks; its message says what to install. */
export class Missing extends Error {}

/** The path of a program, of the first of the names that is there. */
export async function program(...names: string[]): Promise<string> {
  for (const name of names) {
    const found = await run("which", [name]).catch(() => null)
    if (found !== null) return found.stdout.trim()
  }
  throw new Missing(`install ${names[0]}`)
}

/** A Python of its own, with these packages. */
export async function pythonWith(packages: readonly string[]): Promise<string> {
  const python = await program("python3")
  const folder = mkdtempSync(join(tmpdir(), "clients-python-"))
  await run(python, ["-m", "venv", folder])
  const own = join(folder, "bin", "python")
  await run(own, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages])
  return own
}

/** A Go program of one file, built with this module. */
export async function goBuild(source: string, module: string): Promise<string> {
  const go = await program("go")
  const cwd = mkdtempSync(join(tmpdir(), "clients-go-"))
  await cp(source, cwd, { recursive: true })
  await run(go, ["mod", "init", "sender"], { cwd })
  await run(go, ["get", module], { cwd })
  await run(go, ["mod", "tidy"], { cwd })
  await run(go, ["build", "-o", "sender", "."], { cwd })
  return join(cwd, "sender")
}
