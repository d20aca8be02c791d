import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"

/** The lines of a text file of a folder, or of the same compressed as `.gz`; throws when there is neither. */
export function readLines(folder: string, file: string): string[] {
  const plain = join(folder, file)
  if (existsSync(plain)) return readFileSync(plain, "utf8").split("\n")
  const packed = `${plain}.gz`
  if (!existsSync(packed)) throw new Error(`${plain} is missing, plain or as .gz`)
  return gunzipSync(readFileSync(packed)).toString("utf8").split("\n")
}
