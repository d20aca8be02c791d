import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { createPython } from "./python-peer.ts"

/** Returns a Python that has these packages, imported by their names or by `modules`: the one given, or a virtual environment made in `folder`; `undefined` where neither works. */
export function peerPython(
  packages: readonly string[],
  folder: string,
  given?: string,
  modules: readonly string[] = packages,
): string | undefined {
  try {
    const python = given ?? createPython(folder, [packages], (line) => void process.stderr.write(`${line}\n`))
    return imports(python, modules) ? python : undefined
  } catch {
    return undefined
  }
}

function imports(python: string, packages: readonly string[]): boolean {
  try {
    execFileSync(python, ["-c", packages.map((name) => `import ${name}`).join(";")], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Runs a script of the folder `peers` and reads the JSON it prints. */
export function runPeer<T>(python: string, script: string, args: readonly (string | number)[]): T {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url))
  const env = { ...process.env, OPENBLAS_NUM_THREADS: "1" }
  return JSON.parse(execFileSync(python, [path, ...args.map(String)], { env, encoding: "utf8" })) as T
}

/** Prints what is missing and makes the run fail. */
export function withoutPeer(packages: readonly string[]): void {
  process.stdout.write(
    `The peer is missing: install ${packages.join(", ")} for python3, or name one with --python PATH.\n`,
  )
  process.exitCode = 1
}
