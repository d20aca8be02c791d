import { execFileSync } from "node:child_process"
import { copyFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** Compiles `fit-once` and all it imports into a folder, so that it runs on plain Node as a built service does; returns its path. */
export function compileFit(folder: string): string {
  const project = join(folder, "tsconfig.json")
  const compilerOptions = { rootDir: root, outDir: folder, typeRoots: [join(root, "node_modules/@types")] }
  const files = ["models/bench/train/fit-once.ts", "src/kernel/webassembly.d.ts"].map((path) => join(root, path))
  const include = [join(root, "models/preference")]
  const content = { extends: join(root, "tsconfig.build.json"), compilerOptions, files, include }
  writeFileSync(project, JSON.stringify(content))
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project], { stdio: "inherit" })
  copyFileSync(join(root, "src/kernel/kernel.wasm"), join(folder, "src/kernel/kernel.wasm"))
  return join(folder, "models/bench/train/fit-once.js")
}
