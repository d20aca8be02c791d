import { readFile } from "node:fs/promises"

/** The version of the code that learns, for the manifest. */
export async function codeVersion(): Promise<string> {
  const { name, version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    name: string
    version: string
  }
  return `${name} ${version}`
}
