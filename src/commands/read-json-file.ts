import { readFile } from "node:fs/promises"
import { ApiError } from "../core/problem/problem.ts"

/** Reads a JSON file; throws `invalidRequest` for one that is not JSON. */
export async function readJsonFile(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8")
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError("invalidRequest", `correct ${file}: it is not JSON (${(error as Error).message})`)
  }
}
