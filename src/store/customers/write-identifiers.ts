import { sql } from "drizzle-orm"
import { identifierKey } from "../../core/customer/identifier.ts"
import { type JoinPlan, type KnownIdentifier, maxIdentifiersOfType } from "../../core/identity/plan-joins.ts"
import { dayMs } from "../../core/time/durations.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { toTimestamp } from "../database/epoch.ts"
import { uuidArray } from "../database/uuid-array.ts"

type Transaction = Pick<Database, "execute">

/**
 * Writes the identifiers that a plan attaches, confirms and uses. Returns the keys of those that were not attached, because their
 * customer has enough of their type: claims are deleted for others, that which was not used for longest first.
 */
export async function writeIdentifiers(
  transaction: Transaction,
  { attached, confirmed, used, created }: JoinPlan,
  at: number,
): Promise<ReadonlySet<string>> {
  await confirm(transaction, confirmed)
  await recordUse(transaction, used, at)
  const fresh = { at, created: new Set(created) }
  const full = await insert(transaction, attached, fresh)
  if (full.length === 0) return new Set()
  const places = await deleteClaims(transaction, full)
  const fitting = [...full].sort(trustedFirst).filter(({ type, customerId }) => {
    const place = placeOf({ type, customerId })
    const left = places.get(place) ?? 0
    places.set(place, left - 1)
    return left > 0
  })
  const stillFull = fitting.length === 0 ? [] : await insert(transaction, fitting, fresh)
  const refused = [...full.filter((one) => !fitting.includes(one)), ...stillFull]
  return new Set(refused.map(identifierKey))
}

const trustedFirst = (a: KnownIdentifier, b: KnownIdentifier) => Number(Boolean(a.trust)) - Number(Boolean(b.trust))

/** Makes claims what a server said, of the customer that it said. */
async function confirm(transaction: Transaction, confirmed: readonly KnownIdentifier[]): Promise<void> {
  if (confirmed.length === 0) return
  await transaction.execute(sql`
    update identifiers set customer_id = given."customerId", trust = null, used_at = null
    from json_to_recordset(${JSON.stringify(confirmed)}::json) as given(type text, value text, "customerId" uuid)
    where identifiers.type = given.type and identifiers.value = given.value`)
}

/** Writes when claims were used, at most once a day each. */
async function recordUse(transaction: Transaction, used: readonly KnownIdentifier[], at: number): Promise<void> {
  const due = used.filter(({ usedAt = 0 }) => at - usedAt >= dayMs)
  if (due.length === 0) return
  await transaction.execute(sql`
    update identifiers set used_at = ${toTimestamp(at)}
    from json_to_recordset(${JSON.stringify(due)}::json) as given(type text, value text)
    where identifiers.type = given.type and identifiers.value = given.value`)
}

interface Room {
  type: string
  customerId: string
}

const placeOf = ({ type, customerId }: Room) => `${type}:${customerId}`

/** Inserts as many of each type as their customer has room for; returns the others. Those just created have no identifier yet. */
async function insert(
  transaction: Transaction,
  attached: readonly KnownIdentifier[],
  { at, created }: { at: number; created: ReadonlySet<string> },
): Promise<KnownIdentifier[]> {
  if (attached.length === 0) return []
  const counts = await countIdentifiers(
    transaction,
    attached.flatMap(({ customerId }) => (created.has(customerId) ? [] : [customerId])),
  )
  const full: KnownIdentifier[] = []
  const fitting: KnownIdentifier[] = []
  for (const one of [...attached].sort(byTrustThenValue)) {
    const count = (counts.get(placeOf(one)) ?? 0) + 1
    counts.set(placeOf(one), count)
    if (count <= maxIdentifiersOfType) fitting.push(one)
    else full.push(one)
  }
  const rows = fitting
    .map(({ type, value, customerId, trust }) => ({ type, value, id: customerId, trust: trust ?? null }))
    .sort((a, b) => (identifierKey(a) < identifierKey(b) ? -1 : 1))
  const added = await transaction.execute(sql`
    insert into identifiers (type, value, customer_id, attached_at, trust)
    select type, value, id, ${toTimestamp(at)}, trust
    from json_to_recordset(${JSON.stringify(rows)}::json) as given(type text, value text, id uuid, trust text)
    order by type, value on conflict do nothing returning 1`)
  if (added.length < rows.length) throw new Conflict("another process was quicker")
  return full
}

const byTrustThenValue = (a: KnownIdentifier, b: KnownIdentifier) => trustedFirst(a, b) || (a.value < b.value ? -1 : 1)

/** Counts identifiers of customers, by type and customer. */
async function countIdentifiers(
  transaction: Transaction,
  customerIds: readonly string[],
): Promise<Map<string, number>> {
  if (customerIds.length === 0) return new Map()
  const rows = await transaction.execute<Room & { count: number } & Record<string, unknown>>(sql`
    select type, customer_id as "customerId", count(*)::int as count from identifiers
    where customer_id = any(${uuidArray(customerIds)}) group by 1, 2`)
  return new Map(rows.map((row) => [placeOf(row), row.count]))
}

/** Forgets as many claims as there are identifiers without room; how many went, by type and customer. */
async function deleteClaims(transaction: Transaction, full: readonly KnownIdentifier[]): Promise<Map<string, number>> {
  const claims = await transaction.execute<Room & { value: string } & Record<string, unknown>>(sql`
    select type, value, customer_id as "customerId" from identifiers
    where customer_id = any(${uuidArray(full.map(({ customerId }) => customerId))}) and trust is not null
    order by coalesce(used_at, attached_at), value`)
  const wanted = new Map<string, number>()
  for (const one of full) wanted.set(placeOf(one), (wanted.get(placeOf(one)) ?? 0) + 1)
  const chosen = claims.filter((claim) => {
    const left = wanted.get(placeOf(claim)) ?? 0
    wanted.set(placeOf(claim), left - 1)
    return left > 0
  })
  const deleted = await transaction.execute<Room & Record<string, unknown>>(sql`
    delete from identifiers using json_to_recordset(${JSON.stringify(chosen)}::json) as given(type text, value text)
    where identifiers.type = given.type and identifiers.value = given.value
    returning identifiers.type, identifiers.customer_id as "customerId"`)
  const places = new Map<string, number>()
  for (const one of deleted) places.set(placeOf(one), (places.get(placeOf(one)) ?? 0) + 1)
  return places
}
