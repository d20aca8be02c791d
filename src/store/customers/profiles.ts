import { sql } from "drizzle-orm"
import type { Consents } from "../../core/customer/consent.ts"
import { type Identifier, identifierKey, normalizeIdentifier } from "../../core/customer/identifier.ts"
import type { Traits, TraitTimes } from "../../core/customer/traits.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import { emptyHistory, type History } from "../../core/history/history.ts"
import { readHistory } from "../../core/history/read-history.ts"
import type { KnownIdentifier } from "../../core/identity/plan-joins.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { columnToTimestamp, epochMs, toTimestamp } from "../database/epoch.ts"
import { uuidArray } from "../database/uuid-array.ts"
import type { DerivedVector } from "../events/event-types.ts"
import { derivedId } from "./derived-id.ts"
import { vectorToBytes } from "./vector-bytes.ts"

type Transaction = Pick<Database, "execute">

/** A profile row as events change it. */
export interface Profile {
  customerId: string
  mergedInto: string | null
  history: History
  traits: Traits
  traitTimes: TraitTimes
  claimedTraits: Traits
  claimedTraitTimes: TraitTimes
  consents: Consents
  /** Milliseconds since the epoch. */
  createdAt: number
  /** The vector of the history; absent: as it is in the row. */
  derived?: DerivedVector | null
}

export const newProfile = (customerId: string, createdAt: number): Profile => ({
  customerId,
  mergedInto: null,
  history: emptyHistory,
  traits: {},
  traitTimes: {},
  claimedTraits: {},
  claimedTraitTimes: {},
  consents: {},
  createdAt,
  derived: null,
})

interface ProfileRow extends Omit<Profile, "derived">, Record<string, unknown> {}

const traitColumns = sql`traits, trait_times as "traitTimes", claimed_traits as "claimedTraits",
  claimed_trait_times as "claimedTraitTimes"`

const profileColumns = sql`customer_id as "customerId", merged_into as "mergedInto", history, ${traitColumns}, consents,
  ${epochMs("created_at")} as "createdAt"`

const toProfile = (row: ProfileRow): Profile => ({ ...row, history: readHistory(row.history) })

/** Returns the identifiers that the events name and that belong to somebody. */
export async function ownersOf(transaction: Transaction, events: readonly NamingEvent[]): Promise<KnownIdentifier[]> {
  return [...(await transaction.execute<KnownIdentifier & Record<string, unknown>>(ownedBy(events.flatMap(namedBy))))]
}

const identifierColumns = sql`identifiers.type, identifiers.value, identifiers.customer_id as "customerId", identifiers.trust,
  ${epochMs("coalesce(used_at, attached_at)")} as "usedAt"`

const ownedBy = (named: readonly Identifier[]) => sql`
  select distinct ${identifierColumns}
  from json_to_recordset(${JSON.stringify(named)}::json) as given(type text, value text)
  join identifiers on identifiers.type = given.type and identifiers.value = given.value`

/**
 * Locks, in id order, the profiles that the events' identifiers point at, and those of other ids; then nobody else can join or merge those customers. Throws
 * `Conflict` where an identifier has changed owner since `owners` was read.
 */
export async function lockProfiles(
  transaction: Transaction,
  events: readonly NamingEvent[],
  owners: readonly KnownIdentifier[],
  idOf: (identifier: Identifier) => string,
  others: readonly string[] = [],
): Promise<{ profiles: Map<string, Profile>; identifiers: KnownIdentifier[] }> {
  const named = events.flatMap(namedBy)
  const ownerByKey = new Map(owners.map((identifier) => [identifierKey(identifier), identifier.customerId]))
  const owned = named.flatMap((identifier) => ownerByKey.get(identifierKey(identifier)) ?? [])
  // A new customer is made under the id of their first identifier, or of the next where the first is only claimed.
  const derived = events.flatMap(({ identifiers: [first, ...others] }) =>
    first!.type === "anonymousId" ? [first!, ...others].map(idOf) : [idOf(first!)],
  )
  const ids = [...new Set([...owned, ...derived, ...others])]
  // Sent together: the identifiers are read once the locks are held.
  const [locked, identifiers] = await Promise.all([
    lockRows(transaction, ids),
    transaction.execute<KnownIdentifier & Record<string, unknown>>(sql`
      ${ownedBy(named)}
      union
      select ${identifierColumns} from identifiers
      where type = 'userId' and customer_id = any(${uuidArray(ids)})`),
  ])
  // The id derived from a known identifier may be that of a forwarding row.
  const profiles = unmergedProfiles(locked)
  const isStable = identifiers.every(({ customerId }) => profiles.has(customerId))
  if (!isStable) throw new Conflict("a customer was joined or created meanwhile")
  return { profiles, identifiers: [...identifiers] }
}

/** Locks, in id order, the profiles of customers that have one and were not merged into another; by customer id. */
export async function lockProfilesOf(
  transaction: Transaction,
  customerIds: readonly string[],
): Promise<Map<string, Profile>> {
  return unmergedProfiles(await lockRows(transaction, customerIds))
}

const lockRows = async (transaction: Transaction, customerIds: readonly string[]): Promise<readonly ProfileRow[]> =>
  customerIds.length === 0
    ? []
    : transaction.execute<ProfileRow>(
        sql`select ${profileColumns} from lock_profiles(${uuidArray([...new Set(customerIds)].sort())})`,
      )

const unmergedProfiles = (rows: readonly ProfileRow[]) =>
  new Map(rows.flatMap((row) => (row.mergedInto === null ? [[row.customerId, toProfile(row)] as const] : [])))

type NamingEvent = Pick<IncomingEvent, "identifiers" | "previousId">

function namedBy({ identifiers, previousId }: NamingEvent): Identifier[] {
  const previous: Identifier[] =
    previousId === undefined
      ? []
      : [
          { type: "userId", value: previousId },
          { type: "anonymousId", value: previousId },
        ]
  return [...identifiers, ...previous].map(normalizeIdentifier)
}

/** A name of a customer: an identifier of theirs, or the id under which the shop knows them. */
export type CustomerName = Identifier | { customerId: string }

/** Locked profiles of customers who were named. */
interface NamedProfiles {
  /** Of each name in their order; of an unknown id `null`. */
  profiles: readonly (Profile | null)[]
  /** Customers without a profile as yet. */
  created: ReadonlySet<string>
  /** Identifiers that are to point at those customers, each under its key. */
  unattached: ReadonlyMap<string, Identifier & { customerId: string }>
}

/**
 * Locks, in id order, the profiles of the customers named; an unknown identifier is that of a customer who is to be made as of
 * `createdAt`. What another process changed in between makes it throw `Conflict`.
 */
export async function lockNamedProfiles(
  transaction: Transaction,
  secret: Uint8Array,
  names: readonly CustomerName[],
  createdAt: number,
): Promise<NamedProfiles> {
  const idOf = (identifier: Identifier) => derivedId(secret, identifier)
  const naming = names.flatMap((name) => ("customerId" in name ? [] : [{ identifiers: [normalizeIdentifier(name)] }]))
  const asked = names.flatMap((name) => ("customerId" in name ? [name.customerId] : []))
  const [owners, currents] = await Promise.all([
    naming.length === 0 ? [] : ownersOf(transaction, naming),
    currentCustomers(transaction, asked),
  ])
  const known = await lockProfiles(transaction, naming, owners, idOf, [...currents.values()])
  const ownerOf = new Map(known.identifiers.map((owned) => [identifierKey(owned), owned.customerId]))
  const created = new Map<string, Profile>()
  const unattached = new Map<string, Identifier & { customerId: string }>()
  const profiles = names.map((name) => {
    if ("customerId" in name) {
      const current = currents.get(name.customerId)
      if (current === undefined) return null
      const profile = known.profiles.get(current)
      if (profile === undefined) throw new Conflict("the customer was merged or erased meanwhile")
      return profile
    }
    const identifier = normalizeIdentifier(name)
    const key = identifierKey(identifier)
    const customerId = ownerOf.get(key) ?? idOf(identifier)
    if (!ownerOf.has(key)) unattached.set(key, { ...identifier, customerId })
    // Somebody known by decisions alone may have a profile and no identifier yet.
    const standing = known.profiles.get(customerId) ?? created.get(customerId)
    if (standing !== undefined) return standing
    const profile = newProfile(customerId, createdAt)
    created.set(customerId, profile)
    return profile
  })
  return { profiles, created: new Set(created.keys()), unattached }
}

/** Lets identifiers point at customers; false when another process has let one of them point at somebody meanwhile. */
export async function attachIdentifiers(
  transaction: Transaction,
  attached: readonly (Identifier & { customerId: string })[],
  attachedAt: number,
): Promise<boolean> {
  if (attached.length === 0) return true
  const rows = attached
    .map(({ type, value, customerId }) => ({ type, value, id: customerId }))
    .sort((a, b) => (identifierKey(a) < identifierKey(b) ? -1 : 1))
  const inserted = await transaction.execute(sql`
    insert into identifiers (type, value, customer_id, attached_at)
    select type, value, id, ${toTimestamp(attachedAt)}
    from json_to_recordset(${JSON.stringify(rows)}::json) as given(type text, value text, id uuid)
    on conflict do nothing returning 1`)
  return inserted.length === rows.length
}

/** Returns of each id that has a profile the id of whom they became; their own where they are nobody else. */
async function currentCustomers(
  transaction: Transaction,
  customerIds: readonly string[],
): Promise<Map<string, string>> {
  if (customerIds.length === 0) return new Map()
  const rows = await transaction.execute<{ id: string; current: string }>(sql`
    select customer_id as id, coalesce(merged_into, customer_id) as current
    from json_to_recordset(${JSON.stringify(customerIds.map((id) => ({ id })))}::json) as given(id uuid)
    join profiles on profiles.customer_id = given.id`)
  return new Map(rows.map(({ id, current }) => [id, current]))
}

/** The profile of a customer id, locked, and made where there is none. */
export async function lockOrMakeProfile(
  transaction: Transaction,
  customerId: string,
  createdAt: number,
): Promise<Profile> {
  const standing = await lockProfile(transaction, customerId)
  if (standing !== undefined) return standing
  const profile = newProfile(customerId, createdAt)
  if (!(await writeProfiles(transaction, [profile], new Set([customerId]))))
    throw new Conflict("a customer was created meanwhile")
  return profile
}

/** The profile of a customer id or, once that was merged, of who they became, locked; a merge under way makes it throw `Conflict`. */
async function lockProfile(transaction: Transaction, customerId: string): Promise<Profile | undefined> {
  const current = await currentCustomer(transaction, customerId)
  const [row] = await transaction.execute<ProfileRow>(
    sql`select ${profileColumns} from profiles where customer_id = ${current} for update`,
  )
  if (row !== undefined && row.mergedInto !== null) throw new Conflict("the customer was merged meanwhile")
  return row && toProfile(row)
}

/** Returns the id of whom a customer became; their own where they are nobody else. */
export async function currentCustomer(transaction: Transaction, customerId: string): Promise<string> {
  const [row] = await transaction.execute<{ mergedInto: string | null }>(
    sql`select merged_into as "mergedInto" from profiles where customer_id = ${customerId}`,
  )
  return row?.mergedInto ?? customerId
}

/** Inserts the created and updates the others; false when another process has created one of them meanwhile. */
export async function writeProfiles(
  transaction: Transaction,
  profiles: readonly Profile[],
  created: ReadonlySet<string>,
): Promise<boolean> {
  const [added, updated] = await Promise.all([
    insertProfiles(
      transaction,
      profiles.filter(({ customerId }) => created.has(customerId)),
    ),
    updateProfiles(
      transaction,
      profiles.filter(({ customerId }) => !created.has(customerId)),
    ),
  ])
  return added === created.size && updated === profiles.length - created.size
}

async function insertProfiles(transaction: Transaction, profiles: readonly Profile[]): Promise<number> {
  if (profiles.length === 0) return 0
  const inserted = await transaction.execute(sql`
    insert into profiles
      (customer_id, merged_into, history, history_format, vector, vector_release, stage, traits, trait_times,
      claimed_traits, claimed_trait_times, consents, created_at, updated_at)
    select id, merged_into, history, format, decode(vector, 'base64'), release, stage, traits, trait_times,
      claimed_traits, claimed_trait_times, consents, ${columnToTimestamp("created")}, now()
    from ${givenProfiles(profiles)}
    on conflict do nothing returning customer_id`)
  return inserted.length
}

async function updateProfiles(transaction: Transaction, profiles: readonly Profile[]): Promise<number> {
  if (profiles.length === 0) return 0
  const updated = await transaction.execute(sql`
    update profiles set
      version = profiles.version + 1, merged_into = given.merged_into, history = given.history, history_format = given.format, stage = given.stage,
      vector = case when given.derives then decode(given.vector, 'base64') else profiles.vector end,
      vector_release = case when given.derives then given.release else profiles.vector_release end,
      traits = given.traits, trait_times = given.trait_times, claimed_traits = given.claimed_traits,
      claimed_trait_times = given.claimed_trait_times, consents = given.consents, updated_at = now()
    from ${givenProfiles(profiles)}
    where profiles.customer_id = given.id
    returning profiles.customer_id`)
  return updated.length
}

function givenProfiles(profiles: readonly Profile[]) {
  const rows = profiles
    .map(({ customerId, mergedInto, history, consents, createdAt, derived, ...said }) => ({
      id: customerId,
      merged_into: mergedInto,
      history,
      format: history.isOutdated ? history.format - 1 : history.format,
      stage: history.stage,
      derives: derived !== undefined,
      vector: derived ? vectorToBytes(derived.vector).toString("base64") : null,
      release: derived?.releaseId ?? null,
      traits: said.traits,
      trait_times: said.traitTimes,
      claimed_traits: said.claimedTraits,
      claimed_trait_times: said.claimedTraitTimes,
      consents,
      created: createdAt,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as given(
    id uuid, merged_into uuid, history jsonb, format smallint, stage text, derives boolean, vector text, release uuid, traits jsonb,
    trait_times jsonb, claimed_traits jsonb, claimed_trait_times jsonb, consents jsonb, created float8)`
}
