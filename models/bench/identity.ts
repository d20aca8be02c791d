import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { type FieldKind, fieldKinds } from "../../src/core/identity/resolve/field-kind.ts"
import { measureResolver, rounded } from "./identity/measure-resolver.ts"
import { measureWorlds } from "./identity/measure-worlds.ts"
import { type PeopleColumns, readPeople } from "./identity/read-people.ts"
import { runSplink, splinkPackages } from "./identity/run-splink.ts"
import { peerPython } from "./peers.ts"

/** Measures how well records are joined into people, beside Splink on the same records. The truth only judges; no label is learnt from. */
const { values: flags, positionals } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    /** Column of the record's id. */
    id: { type: "string" },
    /** Column of the truth, or `column:/pattern/`. */
    truth: { type: "string" },
    /** Kinds of columns: `first=given_name,birth=born`. */
    as: { type: "string" },
    /** Python that has Splink; without it one is made in a folder that is removed. */
    python: { type: "string" },
    /** Simulated worlds instead of files. */
    worlds: { type: "boolean", default: false },
    records: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
    /** Resolves a world of a million records too. */
    million: { type: "boolean", default: false },
    "no-peer": { type: "boolean", default: false },
  },
  allowPositionals: true,
})
const say = (line: string) => void process.stderr.write(`${line}\n`)

/** Short names of kinds that `--as` takes beside the kinds themselves. */
const kindByWord: Readonly<Record<string, FieldKind>> = {
  first: "givenName",
  given: "givenName",
  last: "familyName",
  surname: "familyName",
  family: "familyName",
  middle: "name",
  birth: "date",
  dob: "date",
  city: "town",
  place: "town",
  street: "address",
  zip: "postcode",
  id: "identifier",
}

function kindsGiven(text: string | undefined): Record<string, FieldKind> {
  const pairs = (text ?? "").split(",").filter((part) => part.includes("="))
  return Object.fromEntries(
    pairs.map((pair) => {
      const [word, column] = pair.split("=") as [string, string]
      const kind = kindByWord[word] ?? fieldKinds.find((known) => known === word)
      if (kind === undefined) throw new Error(`--as does not know "${word}"; it takes ${fieldKinds.join(", ")}`)
      return [column, kind]
    }),
  )
}

interface DataSet extends PeopleColumns {
  name: string
  paths: readonly string[]
}

function dataSets(): DataSet[] {
  if (positionals.length > 0) {
    return [
      {
        name: positionals.map((path) => basename(path)).join(" + "),
        paths: positionals,
        id: flags.id,
        truth: flags.truth,
      },
    ]
  }
  const at = (file: string) => join(flags.data, "entity", `${file}.csv.gz`)
  const febrl = { id: "rec_id", truth: "rec_id:/^rec-(\\d+)/" }
  return [
    { name: "fake_1000", paths: [at("fake_1000")], id: "unique_id", truth: "cluster" },
    { name: "FEBRL 3", paths: [at("dataset3")], ...febrl },
    { name: "FEBRL 4", paths: [at("dataset4a"), at("dataset4b")], ...febrl },
  ]
}

async function measure({ name, paths, ...columns }: DataSet, python: string | undefined): Promise<void> {
  const { records, truth } = await readPeople(paths, columns)
  if (columns.truth === undefined) throw new Error("name the column that says whose a record is: --truth COLUMN")
  if (records.length === 0) throw new Error(`there are no records in ${paths.join(", ")}`)
  const { fitted, figures } = measureResolver(records, truth, { kinds: kindsGiven(flags.as), say })
  const splink = python === undefined ? null : runSplink(python, records, truth, fitted.model.plan)
  process.stdout.write(`${JSON.stringify(rounded({ bench: "identity", dataset: name, ...figures, splink }))}\n`)
}

const folder = mkdtempSync(join(tmpdir(), "beforehand-identity-"))
try {
  const python = flags["no-peer"] ? undefined : peerPython(splinkPackages, folder, flags.python, ["splink"])
  if (python === undefined)
    say(`without Splink: install ${splinkPackages.join(", ")} for a Python and name it with --python PATH`)
  if (flags.worlds) {
    const options = { records: Number(flags.records), seed: Number(flags.seed), withMillion: flags.million }
    measureWorlds({ ...options, python, say })
  }
  for (const set of flags.worlds ? [] : dataSets()) {
    const missing = set.paths.find((path) => !existsSync(path))
    if (missing === undefined) await measure(set, python)
    else {
      say(`no records to join: ${missing} is not there`)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
