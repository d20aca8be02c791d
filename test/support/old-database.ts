import { sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { inject } from "vitest"
import { newId } from "../../src/start/new-id.ts"
import { connect } from "../../src/store/database/database.ts"
import { migrateTo } from "../../src/store/database/migrate.ts"
import { knownMigrations } from "../../src/store/database/migrations.ts"

/** A database as it was when the first `migrations` of them had been applied. */
export async function createDatabaseAfter(migrations: number): Promise<string> {
  const url = new URL(inject("postgresUrl"))
  const administrator = postgres(url.href, { max: 1, onnotice: () => {} })
  const name = `old_${newId().replaceAll("-", "")}`
  await administrator`create database ${administrator(name)}`
  await administrator.end()
  url.pathname = `/${name}`
  const { database, close } = connect(url.href)
  await migrateTo(database, knownMigrations()[migrations - 1]!)
  await close()
  return url.href
}

/** A database as it was before partitions, with a row in each table. */
export async function createOldDatabase(): Promise<{ url: string; decisionId: string }> {
  const url = await createDatabaseAfter(2)
  const client = postgres(url, { max: 1, onnotice: () => {} })
  const database = drizzle(client)
  const [customerId, decisionId] = [newId(), newId()]
  await database.execute(sql`insert into messages values ('old', now())`)
  await database.execute(sql`
    insert into profiles (customer_id, history, stage, created_at, updated_at) values (${customerId}, '{}', 'discover', now(), now())`)
  await database.execute(sql`
    insert into events values (${customerId}, now(), 'old', 'Product Viewed', '[]', null, '{}', now())`)
  await database.execute(sql`insert into decision_index values (${decisionId}, ${customerId}, now())`)
  await database.execute(sql`
    insert into decisions (customer_id, at, id, verb, placement, policy_version, trace)
    select customer_id, at, id, 'recommend', 'home', '1', '{}' from decision_index`)
  await database.execute(sql`insert into outcomes values (${customerId}, ${decisionId}, 'o', 'click', now(), null)`)
  await client.end()
  return { url, decisionId }
}
