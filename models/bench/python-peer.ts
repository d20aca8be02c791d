import { execFileSync } from "node:child_process"
import { join } from "node:path"

/** Makes a virtual environment in a folder and returns its Python, with these packages; a step that fails is reported and skipped. */
export function createPython(
  folder: string,
  installs: readonly (readonly string[])[],
  say: (line: string) => void,
): string {
  const python = join(folder, "venv", "bin", "python")
  execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "ignore" })
  for (const packages of installs) {
    try {
      execFileSync(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages], {
        stdio: "ignore",
      })
    } catch {
      say(`pip could not install ${packages.join(" ")}`)
    }
  }
  return python
}
