import postgres from "postgres"
import { expect, test } from "vitest"
import type { AuditAction } from "../../src/core/access/audit-action.ts"
import { dataInventory } from "../../src/store/database/data-inventory.ts"
import type { Answer, TestApp } from "../support/test-app.ts"

/** A good request of a route that changes something, with parts of the states that it leads from and to. */
interface AuditedRequest {
  path: string
  body?: unknown
  /** The subject's id; a pattern for one that is not known before. */
  subject: string | null | RegExp
  before: object | null
  after: object | null
}

export interface AuditedRoute {
  method: string
  action: AuditAction
  /** Brings about what the request changes. */
  prepare(shop: TestApp): AuditedRequest | Promise<AuditedRequest>
}

interface Row {
  [column: string]: unknown
  action: string
  subject_id: string | null
}

/** Written while requests are answered, whatever these do. */
const unrelated = ["audit_log", "leases"]
const changedTables = dataInventory.map(({ name }) => name).filter((name) => !unrelated.includes(name))

/** Tests that a route declared with an action leaves one row of it, in the transaction of the change. */
export function describeAuditedRoute(shop: () => TestApp, { method, action, prepare }: AuditedRoute): void {
  const send = ({ path, body }: AuditedRequest) => shop().ask(method, path, { body })

  test("leaves a row with the actor, the request and the states before and after", async () => {
    const asked = await prepare(shop())
    const answer = await send(asked)
    expect(answer.json).not.toHaveProperty("code")
    const [row, ...others] = await rowsOf(shop(), answer)
    expect(others).toEqual([])
    const [key] = await shop().sql("select id, name from keys where scope = 'admin'")
    expect(row).toMatchObject({ action, actor_kind: "key", actor_id: key!.id, actor_name: key!.name })
    if (asked.subject instanceof RegExp) expect(row!.subject_id).toMatch(asked.subject)
    else expect(row!.subject_id).toBe(asked.subject)
    for (const state of ["before", "after"] as const)
      if (asked[state] === null) expect(row![state], state).toBeNull()
      else expect(row![state], state).toMatchObject(asked[state])
  })

  test("changes nothing where its row cannot be written", async () => {
    const asked = await prepare(shop())
    const former = await contentOf(shop())
    const answer = await failing(shop(), ["audit_log"], "before insert", () => send(asked))
    expect(answer.status).toBe(500)
    expect(await contentOf(shop())).toEqual(former)
  })

  test("leaves no row where the change fails as it is committed", async () => {
    const asked = await prepare(shop())
    const former = await contentOf(shop())
    const answer = await failing(shop(), changedTables, "after insert or update or delete", () => send(asked))
    expect(answer.status).toBe(500)
    expect(await contentOf(shop())).toEqual(former)
    expect(await rowsOf(shop(), answer)).toEqual([])
  })
}

/** Returns the rows that a request left in the audit log. */
const rowsOf = (shop: TestApp, { headers }: Answer) =>
  shop.sql(`select * from audit_log where request_id = '${headers.get("x-request-id")}' order by id`) as Promise<Row[]>

/** Returns a digest of every table that a change could be seen in. */
async function contentOf({ sql }: TestApp): Promise<Record<string, unknown>> {
  const digests = changedTables.map(
    (name) => `(select md5(coalesce(string_agg(own::text, '|' order by own::text), '')) from ${name} own) as ${name}`,
  )
  return (await sql(`select ${digests.join(", ")}`))[0]!
}

/** Does something while changes of tables fail: at once, or where they only come after it, at the commit. */
async function failing<T>(
  { databaseUrl }: TestApp,
  tables: readonly string[],
  moment: string,
  work: () => Promise<T>,
): Promise<T> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  const atCommit = moment.startsWith("after")
  try {
    await client.unsafe(
      "create or replace function fail() returns trigger language plpgsql as $$ begin raise exception 'planted'; end $$",
    )
    for (const name of tables)
      await client.unsafe(`create ${atCommit ? "constraint " : ""}trigger planted ${moment} on ${name}
        ${atCommit ? "deferrable initially deferred" : ""} for each row execute function fail()`)
    return await work()
  } finally {
    await client`drop function fail cascade`
    await client.end()
  }
}
