import { basename } from "node:path"
import { formatOf, openRows } from "../../../src/actions/import/rows.ts"
import type { PersonRecord } from "../../../src/core/identity/resolve/person-record.ts"

export interface ReadPeople {
  records: PersonRecord[]
  /** The person of each record, for judging only; empty without a column of truth. */
  truth: string[]
}

export interface PeopleColumns {
  /** Column of the record's own id; without it a record's number in its file. */
  id?: string | undefined
  /** Column that says whose a record is, or `column:/pattern/`, whose first group does. */
  truth?: string | undefined
}

/** Reads tables of people, each file a source; the columns of id and truth are no traits. */
export async function readPeople(paths: readonly string[], columns: PeopleColumns): Promise<ReadPeople> {
  const truthOf = truthReader(columns.truth)
  const read: ReadPeople = { records: [], truth: [] }
  for (const path of paths) {
    const source = await openRows(path, await formatOf(path))
    const wanted = [columns.id, truthOf?.column].filter((column) => column !== undefined)
    const seen = new Set<string>()
    let line = 0
    for await (const batch of source.rows) {
      for (const row of batch) {
        if (!("values" in row)) throw new Error(`cannot read line ${row.line} of ${path}`)
        const { values } = row
        line++
        for (const column of Object.keys(values)) seen.add(column)
        const traits = Object.entries(values).filter(([column]) => column !== columns.id && column !== truthOf?.column)
        const id = columns.id === undefined ? String(line) : textOf(values[columns.id])
        const record = { source: basename(path), id, identifiers: [], traits: Object.fromEntries(traits) }
        read.records.push(record)
        if (truthOf !== undefined) read.truth.push(truthOf.read(textOf(values[truthOf.column])))
      }
    }
    if (line > 0) assertColumns(path, wanted, [...seen])
  }
  return read
}

/** A misspelt column of truth would else be a field to compare by, and the truth with it. */
function assertColumns(path: string, wanted: readonly string[], there: readonly string[]): void {
  const missing = wanted.find((column) => !there.includes(column))
  if (missing !== undefined) throw new Error(`${path} has no column "${missing}"; it has ${there.join(", ")}`)
}

const textOf = (value: unknown): string => (value === null || value === undefined ? "" : String(value))

function truthReader(given: string | undefined): { column: string; read: (value: string) => string } | undefined {
  if (given === undefined) return undefined
  const parts = /^([^:]+):\/(.+)\/$/.exec(given)
  if (parts === null) return { column: given, read: (value) => value }
  const pattern = new RegExp(parts[2]!)
  return { column: parts[1]!, read: (value) => pattern.exec(value)?.[1] ?? value }
}
