import { sql } from "drizzle-orm"
import { type Identifier, identifierKey } from "../../core/customer/identifier.ts"
import { type JoinPlan, type KnownIdentifier, maxIdentifiersOfType } from "../../core/identity/plan-joins.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"

const dayMs = 86_400_000

type Transaction = Pick<Database, "execute">

/**
 * Writes the identifiers that a plan attaches, confirms and uses. Returns the keys of those that were not attached, because their
 * customer has enough of their type: claims are forgotten for others, that which was not used for longest first.
 */
export async function writeIdentifiers(
  transaction: Transaction,
  { attached, confirmed, used }: JoinPlan,
  at: number,
): Promise<ReadonlySet<string>> {
  await confirm(transaction, confirmed)
  await remember(transaction, used, at)
  const full = await insert(transaction, attached, at)
  if (full.length === 0) return new Set()
  const places = await forgetClaims(transaction, full)
  const fitting = [...full].sort(trustedFirst).filter(({ type, customerId }) => {
    const place = `${type}:${customerId}`
    const left = places.get(place) ?? 0
    places.set(place, left - 1)
    return left > 0
  })
  const stillFull = fitting.length === 0 ? [] : await insert(transaction, fitting, at)
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
async function remember(transaction: Transaction, used: readonly KnownIdentifier[], at: number): Promise<void> {
  const due = used.filter(({ usedAt = 0 }) => at - usedAt >= dayMs)
  if (due.length === 0) return
  await transaction.execute(sql`
    update identifiers set used_at = to_timestamp(${at}::float8 / 1000)
    from json_to_recordset(${JSON.stringify(due)}::json) as given(type text, value text)
    where identifiers.type = given.type and identifiers.value = given.value`)
}

/** Inserts as many of each type as their customer has room for; returns the others. */
async function insert(
  transaction: Transaction,
  attached: readonly KnownIdentifier[],
  at: number,
): Promise<KnownIdentifier[]> {
  if (attached.length === 0) return []
  const rows = attached
    .map(({ type, value, customerId, trust }) => ({ type, value, id: customerId, trust: trust ?? null }))
    .sort((a, b) => (`${a.type}:${a.value}` < `${b.type}:${b.value}` ? -1 : 1))
  const answered = await transaction.execute<
    Identifier & { fits: boolean; added: boolean } & Record<string, unknown>
  >(sql`
    with given as materialized (
      select type, value, id, trust, row_number() over (partition by id, type order by trust nulls first, value) + (
        select count(*) from identifiers own where own.customer_id = id and own.type = given.type) <= ${maxIdentifiersOfType} as fits
      from json_to_recordset(${JSON.stringify(rows)}::json) as given(type text, value text, id uuid, trust text)
    ),
    added as (
      insert into identifiers (type, value, customer_id, attached_at, trust)
      select type, value, id, to_timestamp(${at}::float8 / 1000), trust from given where fits order by type, value
      on conflict do nothing returning type, value
    )
    select type, value, fits, added.value is not null as added from given left join added using (type, value)`)
  if (answered.some(({ fits, added }) => fits && !added)) throw new Conflict("another process was quicker")
  const full = new Set(answered.flatMap((one) => (one.fits ? [] : [identifierKey(one)])))
  return attached.filter((one) => full.has(identifierKey(one)))
}

/** Forgets as many claims as there are identifiers without room; how many went, by type and customer. */
async function forgetClaims(transaction: Transaction, full: readonly KnownIdentifier[]): Promise<Map<string, number>> {
  const forgotten = await transaction.execute<{ type: string; customerId: string }>(sql`
    with wanted as (
      select type, "customerId", count(*) as count
      from json_to_recordset(${JSON.stringify(full)}::json) as given(type text, "customerId" uuid) group by 1, 2
    ),
    ranked as (
      select own.type, own.value, wanted.count,
        row_number() over (partition by own.type, own.customer_id order by coalesce(used_at, attached_at), own.value) as place
      from wanted join identifiers own on own.customer_id = "customerId" and own.type = wanted.type and own.trust is not null
    )
    delete from identifiers using ranked
    where identifiers.type = ranked.type and identifiers.value = ranked.value and ranked.place <= ranked.count
    returning identifiers.type, identifiers.customer_id as "customerId"`)
  const places = new Map<string, number>()
  for (const { type, customerId } of forgotten) {
    const place = `${type}:${customerId}`
    places.set(place, (places.get(place) ?? 0) + 1)
  }
  return places
}
