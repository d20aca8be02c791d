import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { ApiError } from "../../core/problem/problem.ts"

const dataFile = /\.(csv|tsv|tab|txt|ndjson|jsonl|json|parquet|pq|gz)$/i
const mostFiles = 100_000

/** The files of rows in a folder and the folders in it, in order of their paths; `undefined` for a file and for a folder of a release. */
export function dataFilesIn(path: string): string[] | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined
  const names = readdirSync(path, { recursive: true, encoding: "utf8" })
  if (names.some((name) => name.endsWith(".safetensors"))) return undefined
  const files = names
    .filter((name) => dataFile.test(name))
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .sort()
  if (files.length === 0) return undefined
  if (files.length > mostFiles) throw new ApiError("invalidRequest", `${path} has more than ${mostFiles} files`)
  return files
}
