import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type postgres from "postgres"

const rowsAtOnce = 50

/**
 * Returns a database as SQL: the migrations that made it, its partitions, and its rows. The same database gives the same text;
 * whoever runs it needs an empty database and the simple query protocol.
 */
export async function dumpDatabase(client: postgres.Sql, migrationsFolder: string): Promise<string> {
  const parts = ["create schema drizzle", journalTable, ...migrations(migrationsFolder), dropPartitions]
  const partitions = await client<{ name: string; parent: string; bounds: string; key: string | null }[]>`
    select child.relname as name, parent.relname as parent, pg_get_expr(child.relpartbound, child.oid) as bounds,
      (select string_agg(attname, ',') from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
        where indrelid = child.oid and indisprimary and parent.relname = 'messages') as key
    from pg_inherits join pg_class child on inhrelid = child.oid join pg_class parent on inhparent = parent.oid
    where child.relkind = 'r' and parent.relnamespace = 'public'::regnamespace order by child.relname`
  for (const { name, parent, bounds, key } of partitions) {
    parts.push(`create table "${name}" (like "${parent}" including defaults)`)
    if (key !== null) parts.push(`alter table "${name}" add primary key (${key})`)
    parts.push(`alter table "${parent}" attach partition "${name}" ${bounds}`)
  }
  const tables = await client<{ name: string; schema: string }[]>`
    select table_name as name, table_schema as schema from information_schema.tables
    where table_schema in ('public', 'drizzle') and table_type = 'BASE TABLE'
      and not exists (select from pg_class join pg_inherits on inhrelid = pg_class.oid where relname = table_name and relkind = 'r')
    order by table_schema, table_name = 'webhook_deliveries', table_name`
  for (const { name, schema } of tables) parts.push(...(await inserts(client, schema, name)))
  return `${parts.join(";\n")};\n`
}

/** The migrations made some for the day they are run on. */
const dropPartitions = `do $$ declare made regclass; begin
  for made in select inhrelid::regclass from pg_inherits join pg_class on pg_class.oid = inhrelid where relkind = 'r' loop
    execute 'drop table ' || made;
  end loop;
end $$`

const journalTable =
  "create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)"

const migrations = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint"))
    .map((statement) => statement.trim().replace(/;$/, ""))

async function inserts(client: postgres.Sql, schema: string, table: string): Promise<string[]> {
  const columns = await client<{ name: string; identity: string }[]>`
    select column_name as name, is_identity as identity from information_schema.columns
    where table_schema = ${schema} and table_name = ${table} order by ordinal_position`
  const list = columns.map(({ name }) => `"${name}"`).join(", ")
  const literals = columns.map(({ name }) => `coalesce(quote_literal("${name}"::text), 'null')`).join(" || ',' || ")
  const rows = await client.unsafe<{ row: string }[]>(
    `select '(' || ${literals} || ')' as row from ${schema}."${table}" order by ${list}`,
  )
  const overriding = columns.some(({ identity }) => identity === "YES") ? " overriding system value" : ""
  const statements: string[] = []
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const values = rows.slice(start, start + rowsAtOnce).map(({ row }) => row)
    statements.push(`insert into ${schema}."${table}" (${list})${overriding} values\n${values.join(",\n")}`)
  }
  const sequences = await client.unsafe<{ name: string; column: string }[]>(
    `select column_name as column, pg_get_serial_sequence('${schema}."${table}"', column_name) as name
    from information_schema.columns where table_schema = '${schema}' and table_name = '${table}'`,
  )
  for (const { name, column } of sequences)
    if (name !== null && rows.length > 0)
      statements.push(`select setval('${name}', (select max("${column}") from ${schema}."${table}"))`)
  return statements
}
