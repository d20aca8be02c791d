import { expect, test } from "vitest"
import { type Migration, readMigrations } from "../src/store/database/migrations.ts"
import { migrationFaults } from "./support/migration-faults.ts"

test("every migration since 0025 says which older code may serve beside it, and does no more than that allows", () => {
  expect(migrationFaults(readMigrations())).toEqual([])
})

const planted = (statement: string, compatibility: Partial<NonNullable<Migration["compatibility"]>> | null = {}) => {
  const migration: Migration = {
    name: "0999_planted",
    madeAt: 1e15,
    hash: "",
    statements: [statement],
    compatibility: compatibility && {
      kind: "expand",
      oldestCode: "0025_schema_compatibility",
      isConcurrent: false,
      ...compatibility,
    },
  }
  return migrationFaults([...readMigrations(), migration])
}

test.each<[string, string, Parameters<typeof planted>[1]?]>([
  ["that says nothing", "create table new_table (id int)", null],
  ["that names code that there never was", "create table new_table (id int)", { oldestCode: "0777_unknown" }],
  ["that expands and needs its own code", "create table new_table (id int)", { oldestCode: "0999_planted" }],
  ["that expands and drops a column", "alter table plans drop column name"],
  ["that expands and renames", 'ALTER TABLE "plans" RENAME COLUMN "name" TO "title"'],
  ["that expands and requires what older code does not write", "alter table plans add column a int not null"],
  ["that expands and forbids what older code writes", "alter table plans alter column name set not null"],
  ["that keeps writers of a large table out while it makes an index", "create index events_name on events (name)"],
  ["outside a transaction that cannot be repeated", "insert into settings values ('a', '')", { isConcurrent: true }],
  ["in a transaction that makes an index concurrently", 'create index concurrently "a" on "events" (name)'],
])("a migration %s is found", (_, statement, compatibility) => {
  expect(planted(statement, compatibility)).toHaveLength(1)
})

test.each<[string, string, Parameters<typeof planted>[1]?]>([
  ["a column with a default", "alter table plans add column a int not null default 0"],
  ["a table with its own index", "create table n (id int); create index n_id on n (id)"],
  ["an index", 'create index concurrently if not exists "events_name" on "events" (name)', { isConcurrent: true }],
  ["a contraction that names its oldest code", "alter table plans drop column name", { kind: "contract" }],
])("a migration that adds %s is fine", (_, statement, compatibility) => {
  expect(planted(statement, compatibility)).toEqual([])
})
