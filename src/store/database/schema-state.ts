import { sql } from "drizzle-orm"
import { ApiError } from "../../core/problem/problem.ts"
import type { Database } from "./database.ts"
import type { Migration } from "./migrations.ts"

export interface AppliedMigration {
  /** Its name; when it was made, in words, where the database does not say. */
  name: string
  /** Milliseconds since the epoch. */
  madeAt: number
  /** The migration whose code is the oldest that may serve beside it; `null` where the database does not say. */
  oldestCode: string | null
}

export interface SchemaState {
  /** The newest migration that the database has; `null`: it has none. */
  newest: AppliedMigration | null
  /** Migrations of this version that the database lacks, in order. */
  pending: readonly Migration[]
  /** Migrations of the database that this version does not know, in order. */
  unknown: readonly AppliedMigration[]
}

type Reader = Pick<Database, "execute">

/** Returns which of the given migrations a database has, and what it has beyond them; changes nothing. */
export async function readSchemaState(database: Reader, known: readonly Migration[]): Promise<SchemaState> {
  const applied = await appliedMigrations(database, known)
  const appliedAt = new Set(applied.map(({ madeAt }) => madeAt))
  const knownAt = new Set(known.map(({ madeAt }) => madeAt))
  return {
    newest: applied.at(-1) ?? null,
    pending: known.filter(({ madeAt }) => !appliedAt.has(madeAt)),
    unknown: applied.filter(({ madeAt }) => !knownAt.has(madeAt)),
  }
}

async function appliedMigrations(database: Reader, known: readonly Migration[]): Promise<AppliedMigration[]> {
  const [tables] = await database.execute<{ journal: boolean; compatibility: boolean }>(sql`
    select to_regclass('drizzle.__drizzle_migrations') is not null as journal,
      to_regclass('drizzle.schema_compatibility') is not null as compatibility`)
  if (!tables!.journal) return []
  const rows = await database.execute<{ madeAt: number; name: string | null; oldestCode: string | null }>(
    tables!.compatibility
      ? sql`
        select created_at::float8 as "madeAt", migration as name, oldest_code as "oldestCode"
        from drizzle.__drizzle_migrations left join drizzle.schema_compatibility on made_at = created_at order by created_at`
      : sql`
        select created_at::float8 as "madeAt", null as name, null as "oldestCode"
        from drizzle.__drizzle_migrations order by created_at`,
  )
  const nameOf = (madeAt: number) =>
    known.find((migration) => migration.madeAt === madeAt)?.name ?? `a migration of ${new Date(madeAt).toISOString()}`
  return rows.map(({ madeAt, name, oldestCode }) => ({ madeAt, oldestCode, name: name ?? nameOf(madeAt) }))
}

/** True if the role of the connection may apply migrations and make partitions, because it owns what is there. */
export async function mayChangeSchema(database: Reader): Promise<boolean> {
  const [row] = await database.execute<{ may: boolean }>(sql`
    select coalesce(
      (select pg_has_role(relowner, 'USAGE') from pg_class where oid = to_regclass('drizzle.__drizzle_migrations')),
      has_database_privilege(current_database(), 'CREATE')) and has_schema_privilege('public', 'CREATE') as may`)
  return row!.may
}

/** Returns the first migration beyond those known beside which code that knows these may not serve; `null` if there is none. */
export const refusingMigration = ({ unknown }: SchemaState, known: readonly Migration[]): AppliedMigration | null =>
  unknown.find(({ oldestCode }) => !known.some(({ name }) => name === oldestCode)) ?? null

/** The database's schema is not one that this version may serve. */
export class SchemaMismatch extends ApiError {
  /** `behind`: it lacks migrations, and may get them while this waits; `ahead`: only newer code may serve it. */
  readonly relation: "behind" | "ahead"

  constructor(relation: SchemaMismatch["relation"], message: string) {
    super("unavailable", message)
    this.relation = relation
  }
}

export function schemaBehind({ newest, pending }: SchemaState): SchemaMismatch {
  const at = newest === null ? "has no schema yet" : `has the schema of ${newest.name}`
  return new SchemaMismatch(
    "behind",
    `the database ${at}, and this version needs ${pending.at(-1)!.name}: run "beforehand migrate" with the role that owns the tables`,
  )
}

export function schemaAhead({ newest }: SchemaState, refusing: AppliedMigration, known: readonly Migration[]) {
  const since =
    refusing.oldestCode === null
      ? `${refusing.name} does not say which older code may serve beside it`
      : `beside ${refusing.name} only code since ${refusing.oldestCode} may serve`
  return new SchemaMismatch(
    "ahead",
    `the database has the schema of ${newest!.name}, and this version knows it up to ${known.at(-1)!.name}; ${since}: start a newer ` +
      "version of Beforehand, or restore a backup that this version made",
  )
}
