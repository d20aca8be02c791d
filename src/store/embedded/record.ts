import { randomBytes } from "node:crypto"
import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { ProcessIdentity } from "./process.ts"

/** Record of its cluster in the data folder; it holds the password, so only its owner may read it. */
export interface EmbeddedRecord {
  clusterId: string
  password: string
  port: number
  url: string
  /** The process that stops the server. */
  owner: ProcessIdentity | null
}

const fileIn = (dataDir: string) => join(dataDir, "postgres.json")

export function readRecord(dataDir: string): EmbeddedRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), "utf8")) as EmbeddedRecord
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw new Error(`cannot read ${fileIn(dataDir)}; restore it, or remove ${dataDir} to begin anew`, { cause: error })
  }
}

export function writeRecord(dataDir: string, record: Omit<EmbeddedRecord, "url">): EmbeddedRecord {
  const complete = { ...record, url: `postgres://postgres:${record.password}@127.0.0.1:${record.port}/beforehand` }
  const partial = `${fileIn(dataDir)}.${process.pid}`
  writeFileSync(partial, `${JSON.stringify(complete, null, 2)}\n`, { mode: 0o600 })
  renameSync(partial, fileIn(dataDir))
  return complete
}

export const newRecord = (): Omit<EmbeddedRecord, "url"> => ({
  clusterId: randomBytes(8).toString("hex"),
  password: randomBytes(24).toString("hex"),
  port: 0,
  owner: null,
})
