import { sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import type { Traits } from "../../core/customer/traits.ts"
import type { Database } from "../database/database.ts"
import { uuidArray } from "../database/uuid-array.ts"

/** A record as the resolver compares it. */
export interface PersonEvidence {
  customerId: string
  recordId: string
  identifiers: readonly Identifier[]
  /** The latest of each trait that the record told. */
  traits: Traits
}

interface Row extends Record<string, unknown> {
  customerId: string
  recordId: string
}

/** Statements of one customer that are read, the newest. */
const maxStatements = 1000

/**
 * Reads the records of the `limit` customers after `after` in the order of their ids, with the id of the last, `null` at the end. What
 * browsers claim is left out; a customer from before records were kept is one record under their id.
 */
export async function readPeople(
  database: Pick<Database, "execute">,
  after: string | null,
  limit: number,
): Promise<{ people: PersonEvidence[]; last: string | null }> {
  const page = await database.execute<{ id: string }>(sql`
    select customer_id as id from profiles
    where merged_into is null and customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
    order by customer_id limit ${limit}`)
  const ids = page.map(({ id }) => id)
  return { people: await readRecords(database, ids), last: ids.length < limit ? null : ids.at(-1)! }
}

/** Reads the records of customers; see `readPeople`. */
export async function readRecords(
  database: Pick<Database, "execute">,
  customerIds: readonly string[],
): Promise<PersonEvidence[]> {
  if (customerIds.length === 0) return []
  const asked = sql`unnest(${uuidArray(customerIds)}) as asked(id)`
  const [names, traits] = await Promise.all([
    database.execute<Row & Identifier & { isOld: boolean }>(sql`
      select asked.id as "customerId", record_id as "recordId", type, value, false as "isOld"
      from ${asked} cross join lateral (
        select record_id, type, value from record_identifiers where customer_id = asked.id and not claimed
        order by told_at desc, record_id, type, value limit ${maxStatements}) own
      union all
      select customer_id, customer_id, type, value, true from ${asked} join identifiers on customer_id = asked.id
      where trust is null and not exists (select from record_identifiers where customer_id = asked.id)`),
    database.execute<Row & { name: string; value: unknown }>(sql`
      select asked.id as "customerId", record_id as "recordId", name, value
      from ${asked} cross join lateral (
        select record_id, name, value, repeated_at, told_at from record_traits where customer_id = asked.id and not claimed
        order by repeated_at desc, told_at desc, record_id, name limit ${maxStatements}) own
      order by 1, 2, repeated_at, told_at
    `),
  ])
  const oldIds = [...new Set(names.filter(({ isOld }) => isOld).map(({ customerId }) => customerId))]
  const ofBefore =
    oldIds.length === 0
      ? []
      : await database.execute<{ customerId: string; traits: Traits }>(sql`
          select customer_id as "customerId", traits from profiles where customer_id = any(${uuidArray(oldIds)})`)
  return assemble(names, traits, new Map(ofBefore.map((one) => [one.customerId, one.traits])))
}

function assemble(
  names: readonly (Row & Identifier)[],
  traits: readonly (Row & { name: string; value: unknown })[],
  traitsOfBefore: ReadonlyMap<string, Traits>,
): PersonEvidence[] {
  const records = new Map<string, PersonEvidence & { identifiers: Identifier[]; traits: Record<string, unknown> }>()
  const of = ({ customerId, recordId }: Row) => {
    const key = `${customerId} ${recordId}`
    const held = records.get(key)
    if (held !== undefined) return held
    const before = customerId === recordId ? traitsOfBefore.get(customerId) : undefined
    const made = { customerId, recordId, identifiers: [] as Identifier[], traits: { ...before } }
    records.set(key, made)
    return made
  }
  for (const row of names) of(row).identifiers.push({ type: row.type, value: row.value })
  for (const row of traits) {
    const { traits: own } = of(row)
    if (row.value === null) delete own[row.name]
    else own[row.name] = row.value
  }
  return [...records.values()]
}
