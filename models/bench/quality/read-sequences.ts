import { existsSync } from "node:fs"
import { join } from "node:path"
import { readLines } from "./read-lines.ts"

export interface SequenceData {
  /** Item numbers of each user, oldest first. */
  sequences: number[][]
  /** Attribute numbers of each item; empty where the folder has none. */
  attributes: ReadonlyMap<number, readonly number[]>
}

/** Reads `sequences.txt` of a folder, a user and their items a line, and `item2attributes.json` if there is one. */
export function readSequences(folder: string): SequenceData {
  const sequences = readLines(folder, "sequences.txt")
    .map((line) => line.trim().split(/\s+/).slice(1).map(Number))
    .filter((items) => items.length > 0)
  const file = "item2attributes.json"
  const given = [file, `${file}.gz`].some((name) => existsSync(join(folder, name)))
  const byItem = given ? (JSON.parse(readLines(folder, file).join("\n")) as Record<string, number[]>) : {}
  return { sequences, attributes: new Map(Object.entries(byItem).map(([item, own]) => [Number(item), own])) }
}
