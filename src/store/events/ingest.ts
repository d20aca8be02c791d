import { sql } from "drizzle-orm"
import { type Identifier, identifierKey, normalizeIdentifier } from "../../core/customer/identifier.ts"
import { mergeClaimedTraits, mergeTraits, saidAt } from "../../core/customer/traits.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import { fold } from "../../core/history/fold.ts"
import type { History } from "../../core/history/history.ts"
import {
  type JoinPlan,
  type KnownIdentifier,
  planJoins,
  tooManyIdentifiersRefusal,
} from "../../core/identity/plan-joins.ts"
import { newCounterparts } from "../../core/identity/shared-identifier.ts"
import { countCounterparts } from "../customers/counterparts.ts"
import { derivedId } from "../customers/derived-id.ts"
import {
  claimedTraitsOf,
  forwarding,
  mergeProfiles,
  type TraitFields,
  traitFields,
  traitsOf,
} from "../customers/merge-profiles.ts"
import { moveRows } from "../customers/move-rows.ts"
import { lockProfiles, newProfile, ownersOf, type Profile, writeProfiles } from "../customers/profiles.ts"
import { recordOf, type Testimony, writeEvidence } from "../customers/write-evidence.ts"
import { writeIdentifiers } from "../customers/write-identifiers.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { confirmEarlierCommits } from "../database/durability.ts"
import { columnToTimestamp } from "../database/epoch.ts"
import { messageOverlapMs, messagePeriodMs } from "../database/partitions.ts"
import { createYielder } from "../database/yielder.ts"
import { customersApart } from "../identity/standing-links.ts"
import { recordJoins } from "../identity/write-links.ts"
import type { DerivedVector, EventResult } from "./event-types.ts"

/** One event, as its sender may send it. */
export interface Ingestion {
  event: IncomingEvent
  mayMerge: boolean
  /** Milliseconds since the epoch. */
  receivedAt: number
  /** The fold into its customer's history; `null` leaves it for a later refold. */
  foldWith: { deriveVector: (history: History) => DerivedVector | null } | null
}

type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0]

/**
 * One transaction: new messages are inserted, the customers they concern locked in id order, identifiers joined, histories
 * folded, rows written. Messages, profiles and identifiers are each taken in one order, so that processes do not deadlock;
 * what another process changed in between makes it throw `Conflict`.
 */
export async function ingestGroup(
  transaction: Transaction,
  secret: Uint8Array,
  group: readonly Ingestion[],
): Promise<EventResult[]> {
  const events = group.map(({ event }) => event)
  const [fresh, owners] = await Promise.all([insertMessages(transaction, group), ownersOf(transaction, events)])
  if (fresh.length === 0) {
    await confirmEarlierCommits(transaction)
    return group.map(({ event }) => ({ messageId: event.messageId, status: "duplicate" }))
  }
  const idOf = (identifier: Identifier) => derivedId(secret, identifier)
  const known = await lockProfiles(
    transaction,
    fresh.map(({ event }) => event),
    owners,
    idOf,
  )
  const plan = await planGroup(transaction, fresh, known, idOf)
  const changed = await changeProfiles(known.profiles, plan, fresh)
  const told = testimonies(plan, fresh, idOf)
  const [inserted, refused, isWritten] = await Promise.all([
    insertEvents(transaction, told, fresh),
    writeIdentifiers(transaction, plan, fresh[0]!.receivedAt),
    writeProfiles(transaction, [...changed.values()], new Set(plan.created)),
    moveRowsAndWriteEvidence(transaction, plan, told, idOf),
    countCounterparts(transaction, counterpartsOf(fresh, known.identifiers, plan), {
      idOf,
      at: fresh[0]!.receivedAt,
    }),
  ])
  if (!isWritten) throw new Conflict("another process was quicker")
  const resultByIngestion = new Map(
    fresh.flatMap((ingestion, i) =>
      inserted.has(ingestion.event.messageId) ? [[ingestion, acceptance(ingestion, plan.outcomes[i]!, refused)]] : [],
    ),
  )
  return group.map(
    (ingestion) =>
      resultByIngestion.get(ingestion) ?? { messageId: ingestion.event.messageId, status: "duplicate" as const },
  )
}

/** Plans the joins of a group; only where some are planned, whom a word keeps apart is looked up. */
async function planGroup(
  transaction: Transaction,
  fresh: readonly Ingestion[],
  { identifiers, profiles }: Awaited<ReturnType<typeof lockProfiles>>,
  idOf: (identifier: Identifier) => string,
): Promise<JoinPlan> {
  const known = { identifiers, customers: [...profiles.values()] }
  const newCustomer = { idOf, createdAt: fresh[0]!.receivedAt }
  const plan = planJoins(fresh, known, newCustomer)
  if (plan.merges.length === 0) return plan
  const apart = await customersApart(transaction, [...profiles.keys()])
  return apart.length === 0
    ? plan
    : planJoins(fresh, { ...known, apart: apart.map(({ a, b }) => [a, b] as const) }, newCustomer)
}

/** Evidence links a record to those that lie with its customer, so after a merge their rows go there first. */
async function moveRowsAndWriteEvidence(
  transaction: Transaction,
  { merges }: JoinPlan,
  told: readonly Testimony[],
  idOf: (identifier: Identifier) => string,
): Promise<void> {
  if (merges.length === 0) return writeEvidence(transaction, told)
  await moveRows(transaction, merges)
  await writeEvidence(transaction, told)
  const joins = merges.map(({ request, via }) => {
    const { customerId, recordId, toldAt } = told[request]!
    return { customerId, recordId, via, named: idOf(via), at: toldAt }
  })
  await recordJoins(transaction, joins)
}

type EventTestimony = Testimony & { event: IncomingEvent }

const testimonies = (
  { outcomes }: JoinPlan,
  fresh: readonly Ingestion[],
  idOf: (identifier: Identifier) => string,
): EventTestimony[] =>
  fresh.map(({ event, mayMerge, receivedAt }, i) => {
    const { customerId, previous } = outcomes[i]!
    const isClaim = !mayMerge && event.tokenOf !== customerId
    return { event, previous, recordId: idOf(recordOf(event)), customerId, isClaim, toldAt: receivedAt }
  })

/** Only servers say who is who, and an alias says that two names are one person's. */
function counterpartsOf(fresh: readonly Ingestion[], known: readonly KnownIdentifier[], { outcomes }: JoinPlan) {
  const owners = new Map(known.map((identifier) => [identifierKey(identifier), identifier.customerId]))
  const told = fresh.flatMap(({ event, mayMerge }, i) =>
    mayMerge && event.previousId === undefined
      ? [{ identifiers: event.identifiers, customerId: outcomes[i]!.customerId }]
      : [],
  )
  return newCounterparts(told, owners)
}

function acceptance(
  { event, mayMerge }: Ingestion,
  { customerId, refusal }: JoinPlan["outcomes"][number],
  refused: ReadonlySet<string>,
): EventResult {
  // A public key is not told, as it would learn that there is such a customer.
  const isFull =
    mayMerge && event.identifiers.some((identifier) => refused.has(identifierKey(normalizeIdentifier(identifier))))
  const reason = refusal ?? (isFull ? tooManyIdentifiersRefusal : undefined)
  return { messageId: event.messageId, status: "accepted", customerId, ...(reason !== undefined && { reason }) }
}

/**
 * Returns the times at which a message is recorded as received. An id is unique within a partition only; so near the moment where one ends, it is written
 * to both, and of two processes on different sides of that moment one finds it taken.
 */
function claimTimes(receivedAt: number): number[] {
  const before = Math.floor((receivedAt - messageOverlapMs) / messagePeriodMs)
  const after = Math.floor((receivedAt + messageOverlapMs) / messagePeriodMs)
  return before === after ? [receivedAt] : [after * messagePeriodMs - 1, after * messagePeriodMs]
}

/** The first ingestion of every message that was never accepted before. */
async function insertMessages(transaction: Transaction, group: readonly Ingestion[]): Promise<Ingestion[]> {
  const firstById = new Map<string, Ingestion>()
  for (const ingestion of group)
    if (!firstById.has(ingestion.event.messageId)) firstById.set(ingestion.event.messageId, ingestion)
  const ids = [...firstById.keys()].sort()
  const times = claimTimes(group[0]!.receivedAt)
  const claims = times.flatMap((at) => ids.map((id) => ({ id, at })))
  const inserted = await transaction.execute<{ id: string }>(sql`
    with given as materialized (
      select id, at from json_to_recordset(${JSON.stringify(claims)}::json) as given(id text, at float8)
    ),
    seen as materialized (select message_id from messages where message_id in (select id from given))
    insert into messages (message_id, received_at)
    select id, ${columnToTimestamp("at")} from given where id not in (select message_id from seen)
    on conflict do nothing returning message_id as id`)
  const claimed = new Map<string, number>()
  for (const { id } of inserted) claimed.set(id, (claimed.get(id) ?? 0) + 1)
  const halfClaimed = [...claimed].flatMap(([id, count]) => (count < times.length ? [id] : []))
  const alone = halfClaimed.length === 0 ? new Set() : await claimedOnce(transaction, halfClaimed)
  const isFresh = (id: string) => claimed.get(id) === times.length || alone.has(id)
  return [...firstById].filter(([id]) => isFresh(id)).map(([, ingestion]) => ingestion)
}

/** Those of the ids with one row in all: where one partition holds both times of a claim, the first takes the second's place. */
async function claimedOnce(transaction: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await transaction.execute<{ id: string }>(sql`
    select message_id as id from messages
    where message_id in (select json_array_elements_text(${JSON.stringify(ids)}::json))
    group by message_id having count(*) = 1`)
  return new Set(rows.map(({ id }) => id))
}

/** The profiles that differ after the group, forwarding rows included. */
async function changeProfiles(
  profiles: ReadonlyMap<string, Profile>,
  { outcomes, created, merges }: JoinPlan,
  fresh: readonly Ingestion[],
): Promise<Map<string, Profile>> {
  const yieldIfDue = createYielder()
  const changed = new Map(created.map((id) => [id, newProfile(id, fresh[0]!.receivedAt)]))
  const get = (id: string) => changed.get(id) ?? profiles.get(id)!
  for (const { from, into } of merges) {
    const gone = get(from)
    changed.set(into, mergeProfiles(get(into), gone))
    changed.set(from, forwarding(gone, into))
  }
  for (const [customerId, ingestions] of groupByCustomer(fresh, outcomes)) {
    await yieldIfDue()
    const before = get(customerId)
    const folded = ingestions.filter(({ foldWith }) => foldWith !== null)
    const given = ingestions.filter(({ event }) => event.traits !== undefined)
    const isUntouched = folded.length === 0 && given.length === 0 && !changed.has(customerId)
    if (isUntouched) continue
    changed.set(customerId, {
      ...before,
      history: fold(
        before.history,
        folded.map(({ event }) => event),
      ),
      ...withTraits(before, given),
    })
  }
  const deriveVector = fresh.find(({ foldWith }) => foldWith !== null)?.foldWith?.deriveVector
  for (const [id, profile] of changed) {
    await yieldIfDue()
    const hasMoved = profile.mergedInto === null && profile.history !== profiles.get(id)?.history
    if (hasMoved) changed.set(id, { ...profile, derived: deriveVector?.(profile.history) ?? null })
  }
  return changed
}

/** Keeps apart what browsers claim of a customer, unless the customer's own token came with it. */
function withTraits(profile: Profile, given: readonly Ingestion[]): TraitFields {
  let [traits, claimed] = [traitsOf(profile), claimedTraitsOf(profile)]
  for (const { event, mayMerge } of given) {
    const said = saidAt(event.traits!, event.at)
    if (mayMerge || event.tokenOf === profile.customerId) traits = mergeTraits(traits, said)
    else claimed = mergeClaimedTraits(claimed, said)
  }
  return traitFields(traits, claimed)
}

function groupByCustomer(
  fresh: readonly Ingestion[],
  outcomes: JoinPlan["outcomes"],
): Map<string, readonly Ingestion[]> {
  const groups = new Map<string, Ingestion[]>()
  for (const [i, ingestion] of fresh.entries()) {
    const { customerId } = outcomes[i]!
    const group = groups.get(customerId)
    if (group) group.push(ingestion)
    else groups.set(customerId, [ingestion])
  }
  return groups
}

interface EventRow {
  id: string
  at: number
  message: string
}

/** Returns the message ids of the inserted. */
async function insertEvents(
  transaction: Transaction,
  told: readonly EventTestimony[],
  fresh: readonly Ingestion[],
): Promise<ReadonlySet<string>> {
  const rows = told.map(({ event, recordId, customerId, toldAt }) => ({
    id: customerId,
    at: event.at,
    message: event.messageId,
    name: event.name,
    lines: event.lines,
    channel: event.channel ?? null,
    properties: event.properties,
    trust: event.trust ?? null,
    given: event.givenName ?? null,
    received: toldAt,
    record: recordId,
  }))
  const isBulk = fresh.some(({ foldWith }) => foldWith === null)
  const stored = isBulk ? await storedBefore(transaction, rows) : new Set()
  const inserted = await transaction.execute<{ id: string }>(sql`
    insert into events (customer_id, at, message_id, name, lines, channel, properties, received_at, trust, given_name,
      record_id)
    select id, ${columnToTimestamp("at")}, message, name, lines, channel, properties, ${columnToTimestamp("received")}, trust, given,
      record
    from json_to_recordset(${JSON.stringify(rows.filter(({ message }) => !stored.has(message)))}::json) as given(
      id uuid, at float8, message text, name text, lines jsonb, channel text, properties jsonb, received float8,
      trust text, given text, record uuid)
    returning message_id as id`)
  return new Set(inserted.map(({ id }) => id))
}

/**
 * Returns the message ids of the rows that are stored. What comes in bulk may have come before in a file that was read so long ago
 * that its message ids are forgotten; its event is then still known by customer, time and message id.
 */
async function storedBefore(transaction: Transaction, rows: readonly EventRow[]): Promise<ReadonlySet<string>> {
  const asked = rows.map(({ id, at, message }) => ({ id, at, message }))
  const stored = await transaction.execute<{ id: string }>(sql`
    select events.message_id as id
    from json_to_recordset(${JSON.stringify(asked)}::json) as given(id uuid, at float8, message text)
    join events on events.customer_id = given.id and events.at = ${columnToTimestamp("given.at")}::timestamptz(3)
      and events.message_id = given.message`)
  return new Set(stored.map(({ id }) => id))
}
