import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import postgres from "postgres"
import { inject } from "vitest"
import { newId } from "../../src/start/new-id.ts"
import type { OldAnswers } from "./scenario.ts"

const unpack = (name: string) => gunzipSync(readFileSync(new URL(name, import.meta.url))).toString()

export const readOldAnswers = (): OldAnswers => JSON.parse(unpack("old-answers.json.gz"))

/** Returns the URL of a new database as version 0.1 left it. */
export async function restoreOldDatabase(): Promise<string> {
  const url = new URL(inject("postgresUrl"))
  const administrator = postgres(url.href, { max: 1, onnotice: () => {} })
  const name = `upgrade_${newId().replaceAll("-", "")}`
  await administrator`create database ${administrator(name)}`
  await administrator.end()
  url.pathname = `/${name}`
  const client = postgres(url.href, { max: 1, onnotice: () => {} })
  await client.unsafe(unpack("old-database.sql.gz"))
  await client.end()
  return url.href
}
