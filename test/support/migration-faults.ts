import { dataInventory } from "../../src/store/database/data-inventory.ts"
import type { Migration } from "../../src/store/database/migrations.ts"
import { normalizeStatement } from "./customer-statements.ts"

const lastWithout = "0024_audit_log"

/** Tables that grow with customers and with time; the others hold what people set. */
const largeTables = dataInventory
  .filter(({ lifetime, columns }) => lifetime.kind === "partitions" || Object.values(columns).includes("customerId"))
  .map(({ name }) => name)

/** Patterns of normalised statements that break code which does not know of them. */
const contractions: readonly [RegExp, string][] = [
  [/\bdrop (table|column|function|view|schema|type)\b/, "drops what older code may use"],
  [/\brename\b/, "renames what older code may use"],
  [/\balter column \w+ (type|set data type)\b/, "changes a type that older code may read"],
  [/\balter column \w+ set not null\b/, "forbids what older code may write"],
  [
    /\badd column (if not exists )?\w+ (?![^,;]*\bdefault\b)[^,;]*\bnot null\b/,
    "requires what older code does not write",
  ],
]

const repeatable = /^(create (unique )?index concurrently|drop index concurrently if exists|do )/

/** Returns what is wrong with the compatibility that migrations state, as sentences. */
export function migrationFaults(migrations: readonly Migration[]): string[] {
  const first = migrations.findIndex(({ name }) => name === lastWithout) + 1
  return migrations.slice(first).flatMap((migration) => {
    const faults = faultsOf(migration, migrations)
    return faults.map((fault) => `${migration.name} ${fault}`)
  })
}

function faultsOf({ name, compatibility, statements }: Migration, all: readonly Migration[]): string[] {
  if (compatibility === null)
    return ['lacks the line "-- Expand: code since NNNN_name may serve beside it." (CONTRIBUTING.md, Add a migration)']
  const { kind, oldestCode, isConcurrent } = compatibility
  const oldest = all.findIndex((other) => other.name === oldestCode)
  if (oldest < 0) return [`names ${oldestCode}, which is no migration`]
  if (kind === "expand" && oldest >= all.findIndex((other) => other.name === name))
    return ["expands, so name an earlier migration, or write Contract"]
  const texts = statements.map((statement) => normalizeStatement(statement)).filter((text) => text !== "")
  return texts.flatMap((text) => [
    ...(kind === "expand" ? contractions.filter(([pattern]) => pattern.test(text)).map(([, fault]) => fault) : []),
    ...(isConcurrent && !repeatable.test(text) ? ["cannot be repeated outside a transaction"] : []),
    ...(!isConcurrent && / concurrently /.test(text) ? ["is to run outside a transaction"] : []),
    ...(isConcurrent ? [] : blockingIndexes(text, texts)),
  ])
}

const blockingIndexes = (text: string, texts: readonly string[]) =>
  [...text.matchAll(/create (?:unique )?index (?!concurrently)(?:if not exists )?\w+ on (?:only )?(\w+)/g)]
    .filter(([, table]) => largeTables.includes(table!))
    .filter(([, table]) => !texts.some((other) => other.includes(`create table ${table} `)))
    .map(([, table]) => `makes an index of ${table} while nobody may write to it; make it concurrently`)
