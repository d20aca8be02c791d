import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { Consents, HeldConsent } from "../../core/customer/consent.ts"
import {
  type Identifier,
  type IdentifierType,
  identifierKey,
  normalizeIdentifier,
} from "../../core/customer/identifier.ts"
import { mergeConsents } from "../../core/customer/merge-consents.ts"
import type { Reservation } from "../../core/decision/contact.ts"
import { emptyHistory, type History } from "../../core/history/history.ts"
import { readHistory } from "../../core/history/read-history.ts"
import type { Stage } from "../../core/history/stage.ts"
import type { ConsentPurpose } from "../../core/schema/channel.ts"
import { recordAudit } from "../audit/record-audit.ts"
import { type Connection, type Database, lockTimeoutMs, withLockTimeout } from "../database/database.ts"
import { Conflict, mayBeOneItem, retryConflicts } from "../database/database-errors.ts"
import { epochMs } from "../database/epoch.ts"
import { createGroupCommit } from "../database/group-commit.ts"
import { deleteCustomerRows, readCustomerRows } from "./customer-tables.ts"
import { derivedId } from "./derived-id.ts"
import { type ConsentWord, type HeldConsents, holdConsents } from "./hold-consents.ts"
import { currentCustomer, lockOrMakeProfile, type Profile, writeProfiles } from "./profiles.ts"
import { resolveCustomerIds } from "./resolve-customer-ids.ts"
import { vectorFromBytes, vectorToBytes } from "./vector-bytes.ts"
import { type SaidConsent, writeConsentStatements } from "./write-evidence.ts"

/** A customer's two rows as one; an unknown one is empty under the id it will get. */
export interface CustomerRecord {
  customerId: string
  /** Record that the identifier names by which the customer was asked for; `null`: by their id. */
  recordId: string | null
  /** True if there is a profile row. */
  known: boolean
  /** True if an identifier other than an `anonymousId` points here. */
  identified: boolean
  /** Types of the identifiers that point here and are addresses. */
  reachableBy: readonly IdentifierType[]
  profileVersion: number
  history: History
  vector: Float32Array | null
  vectorRelease: string | null
  stage: Stage
  traits: Record<string, unknown>
  claimedTraits: Record<string, unknown>
  consents: Consents
  /** Milliseconds since the epoch. */
  createdAt: number | null
  reservations: readonly Reservation[]
}

/** Something a public key said, for which it is not believed. */
export interface ClaimedEvent {
  name: string
  /** Milliseconds since the epoch. */
  at: number
  orderId: string | null
}

interface StaleVector {
  customerId: string
  profileVersion: number
  history: History
}

interface VectorRow {
  customerId: string
  profileVersion: number
  vector: Float32Array
}

export interface CustomerStore {
  /** A forwarding row is followed, an unknown customer is a cold start. */
  read(who: Identifier | { customerId: string }): Promise<CustomerRecord>
  identifiersOf(customerId: string): Promise<Identifier[]>
  /** True if only a public key attached this identifier to its customer. */
  isClaimed(identifier: Identifier): Promise<boolean>
  /** The latest events that are claims, newest first. */
  claimedEventsOf(customerId: string, limit: number): Promise<ClaimedEvent[]>
  /**
   * Adds a word to what is held, group-committed with whatever else arrives at the moment; the latest by its own time holds, whatever the order. An unknown identifier becomes a customer as of
   * `nowMs`; an unknown `customerId` is `null`. Answers what then holds. What an actor changes is audited; without one it is a fact, such
   * as a line of an imported file.
   */
  setConsent(
    who: Identifier | { customerId: string },
    purpose: ConsentPurpose,
    consent: HeldConsent,
    change: { nowMs: number; actor: Actor | null },
  ): Promise<HeldConsents | null>
  /** The same of whom a decision is of; known by decisions alone, they become a customer under their id. Nobody after an erasure. */
  withdraw(decisionId: string, purpose: ConsentPurpose, consent: HeldConsent, nowMs: number): Promise<void>
  /** Every row of every table that concerns the customer and is exported, by table; `null` when there is none. */
  exportAll(customerId: string): Promise<Record<string, readonly unknown[]> | null>
  /**
   * Erases the customer and those merged into them from every table; says who that was and how many rows went. Message ids stay, so
   * that a late retry brings nothing back, and a row of the audit log that does not name them.
   */
  erase(who: Identifier | { customerId: string }, actor: Actor): Promise<{ customerId: string; rowsErased: number }>
  /** Customers whose history is of an older format, in id order. */
  outdatedHistories(limit: number): Promise<string[]>
  /** Profiles after `afterCustomerId`, in id order, whose vector is not of the release. */
  staleVectors(releaseId: string, afterCustomerId: string | null, limit: number): Promise<StaleVector[]>
  /** Writes vectors whose profile has not changed since it was read; returns how many were written. */
  writeVectors(releaseId: string, rows: readonly VectorRow[]): Promise<number>
}

interface ReadRow extends Record<string, unknown> {
  customerId: string
  known: boolean
  identified: boolean
  reachableBy: IdentifierType[]
  profileVersion: string | null
  history: History | null
  vector: Uint8Array | null
  vectorRelease: string | null
  stage: Stage | null
  traits: Record<string, unknown> | null
  claimedTraits: Record<string, unknown> | null
  consents: Consents | null
  createdAt: number | null
  reservations: Reservation[] | null
}

const maxGroup = 500
const maxWaiting = 10_000
/** Age up to which a consent is tried again while others lock its customer; what it waits for a lock then ends within a call's 2 s. */
const patienceMs = 1000

export function createCustomerStore(
  { database, byKey }: Pick<Connection, "database" | "byKey">,
  secret: Uint8Array,
): CustomerStore {
  const idOf = (identifier: Identifier) => derivedId(secret, identifier)
  const holdWithin = (lockMs: number) => (words: readonly ConsentWord[]) =>
    retryConflicts(() =>
      database.transaction((transaction) =>
        withLockTimeout(transaction, lockMs, () => holdConsents(transaction, secret, words)),
      ),
    )
  const submit = createGroupCommit<ConsentWord, HeldConsents | null>({
    flush: holdWithin(lockTimeoutMs.byKey),
    maxGroup,
    maxWaiting,
    mayBeOneItem,
    locks: {
      keyOf: ({ who }) => ("customerId" in who ? who.customerId : identifierKey(normalizeIdentifier(who))),
      patienceMs,
      flush: holdWithin(lockTimeoutMs.answer),
    },
  })
  return {
    async read(who) {
      const identifier = "customerId" in who ? undefined : normalizeIdentifier(who)
      const asked = "customerId" in who ? who.customerId : derivedId(secret, who)
      const record = await readRecord(byKey, asked, identifier)
      return { ...record, recordId: identifier === undefined ? null : asked }
    },

    async identifiersOf(customerId) {
      const rows = await byKey.execute<{ type: Identifier["type"]; value: string }>(sql`
        select type, value from identifiers where customer_id = ${customerId} order by attached_at, type, value`)
      return rows.map(({ type, value }) => ({ type, value }))
    },

    async isClaimed(identifier) {
      const { type, value } = normalizeIdentifier(identifier)
      const [row] = await byKey.execute<{ claimed: boolean }>(sql`
        select trust is not null as claimed from identifiers where type = ${type} and value = ${value}`)
      return row?.claimed ?? false
    },

    async claimedEventsOf(customerId, limit) {
      const rows = await byKey.execute<ClaimedEvent & Record<string, unknown>>(sql`
        select name, ${epochMs("at")} as at, properties->>'orderId' as "orderId"
        from events where customer_id = ${customerId} and trust is not null order by at desc, message_id limit ${limit}`)
      return [...rows]
    },

    setConsent: (who, purpose, consent, { nowMs, actor }) => submit({ who, purpose, consent, nowMs, actor }),

    withdraw: (decisionId, purpose, consent, nowMs) =>
      retryConflicts(() =>
        database.transaction(async (transaction) => {
          const ownerOf = async () => {
            const [row] = await transaction.execute<{ id: string }>(
              sql`select customer_id as id from decision_index where id = ${decisionId}`,
            )
            return row?.id
          }
          const customerId = await ownerOf()
          if (customerId === undefined) return
          const profile = await lockOrMakeProfile(transaction, customerId, nowMs)
          await resolveCustomerIds(transaction, [{ customerId }])
          if ((await ownerOf()) !== profile.customerId)
            throw new Conflict("the customer was merged or erased meanwhile")
          await hold(transaction, profile, { recordId: null, purpose, consent, toldAt: nowMs })
        }),
      ),

    async exportAll(customerId) {
      const rows = await database.transaction((transaction) => readCustomerRows(transaction, customerId, idOf), {
        isolationLevel: "repeatable read",
        accessMode: "read only",
      })
      return Object.values(rows).every((found) => found.length === 0) ? null : rows
    },

    erase: (who, actor) =>
      retryConflicts(() =>
        database.transaction(async (transaction) => {
          const customerId = await currentCustomer(transaction, await namedCustomer(transaction, secret, who))
          const rowsErased = await deleteCustomerRows(transaction, customerId, idOf)
          const subject = { kind: "customer", id: null } as const
          const after = { rowsErased }
          if (rowsErased > 0)
            await recordAudit(transaction, { actor, action: "customers.erase", subject, before: null, after })
          return { customerId, rowsErased }
        }),
      ),

    async outdatedHistories(limit) {
      const rows = await database.execute<{ id: string }>(sql`
        select customer_id as id from profiles where history_format < 2 and merged_into is null
        order by customer_id limit ${limit}`)
      return rows.map(({ id }) => id)
    },

    async staleVectors(releaseId, afterCustomerId, limit) {
      const rows = await database.execute<{ customerId: string; version: string; history: History }>(sql`
        select customer_id as "customerId", version, history from profiles
        where merged_into is null and vector_release is distinct from ${releaseId}::uuid
          and (${afterCustomerId}::uuid is null or customer_id > ${afterCustomerId}::uuid)
        order by customer_id limit ${limit}`)
      return rows.map(({ customerId, version, history }) => ({
        customerId,
        profileVersion: Number(version),
        history: readHistory(history),
      }))
    },

    async writeVectors(releaseId, rows) {
      if (rows.length === 0) return 0
      const json = JSON.stringify(
        rows.map(({ customerId, profileVersion, vector }) => ({
          id: customerId,
          version: profileVersion,
          vector: vectorToBytes(vector).toString("base64"),
        })),
      )
      const written = await database.execute(sql`
        update profiles set vector = decode(fresh.vector, 'base64'), vector_release = ${releaseId}::uuid
        from json_to_recordset(${json}::json) as fresh(id uuid, version bigint, vector text)
        where profiles.customer_id = fresh.id and profiles.version = fresh.version and profiles.merged_into is null
        returning profiles.customer_id`)
      return written.length
    },
  }
}

/** Reads the two rows of a customer, or of whom an identifier points at; `asked` is the id that an unknown one will get. */
export async function readRecord(
  database: Pick<Database, "execute">,
  asked: string,
  identifier?: Identifier,
): Promise<Omit<CustomerRecord, "recordId">> {
  const [row] = await database.execute<ReadRow>(sql`
    select customer_id as "customerId", known, identified, reachable_by as "reachableBy", version as "profileVersion", history,
      vector, vector_release as "vectorRelease", stage, traits, claimed_traits as "claimedTraits", consents,
      ${epochMs("created_at")} as "createdAt", reservations
    from read_customer(${asked}, ${identifier?.type ?? null}, ${identifier?.value ?? null})`)
  return toRecord(row!)
}

type Transaction = Parameters<Parameters<Connection["database"]["transaction"]>[0]>[0]

/** Returns the id that an identifier points at; of an unknown one, that of the customer it will become. */
async function namedCustomer(
  transaction: Pick<Transaction, "execute">,
  secret: Uint8Array,
  who: Identifier | { customerId: string },
): Promise<string> {
  if ("customerId" in who) return who.customerId
  const { type, value } = normalizeIdentifier(who)
  const [row] = await transaction.execute<{ customerId: string }>(sql`
    select customer_id as "customerId" from identifiers where type = ${type} and value = ${value}`)
  return row?.customerId ?? derivedId(secret, who)
}

/** Writes a statement into the ledger, and what holds after it into the profile. */
async function hold(transaction: Transaction, profile: Profile, said: Omit<SaidConsent, "customerId">): Promise<void> {
  const consents = mergeConsents(profile.consents, { [said.purpose]: said.consent })
  await writeProfiles(transaction, [{ ...profile, consents }], new Set())
  await writeConsentStatements(transaction, [{ ...said, customerId: profile.customerId }])
}

function toRecord(row: ReadRow): Omit<CustomerRecord, "recordId"> {
  return {
    customerId: row.customerId,
    known: row.known,
    identified: row.identified,
    reachableBy: row.reachableBy,
    profileVersion: Number(row.profileVersion ?? 0),
    history: row.history === null ? emptyHistory : readHistory(row.history),
    vector: row.vector === null ? null : vectorFromBytes(row.vector),
    vectorRelease: row.vectorRelease,
    stage: row.stage ?? emptyHistory.stage,
    traits: row.traits ?? {},
    claimedTraits: row.claimedTraits ?? {},
    consents: row.consents ?? {},
    createdAt: row.createdAt,
    reservations: row.reservations ?? [],
  }
}
