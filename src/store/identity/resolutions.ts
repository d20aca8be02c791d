import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"
import { sql } from "drizzle-orm"
import type { CandidatePlace } from "../../core/identity/candidate.ts"
import type { ResolutionSummary, ScoredVerdict } from "../../core/identity/resolution.ts"
import type { IdentityModel } from "../../core/identity/resolve/identity-model.ts"
import type { FieldWeight } from "../../core/identity/resolve/weigh-fields.ts"
import type { Connection } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { identityModels } from "../database/schema.ts"
import type { IngestOptions } from "../events/event-types.ts"
import { joinCustomers, lockOwners } from "./join-customers.ts"
import { type PersonEvidence, readPeople, readRecords } from "./read-people.ts"
import { findRecord } from "./records-of.ts"
import { customersApart, isNewestWord } from "./standing-links.ts"

/** Two records that a model takes for one person's. */
export interface ScoredRecords {
  recordA: string
  recordB: string
  /** P(one person). */
  posterior: number
  weights: readonly FieldWeight[]
}

/** Two records of two customers, and whose they were when they were compared. */
export interface CandidateRecords extends ScoredRecords {
  customerA: string
  customerB: string
}

interface StoredCandidate extends CandidateRecords {
  worth: number
  /** Milliseconds since the epoch. */
  foundAt: number
}

interface JoinContext {
  /** Milliseconds since the epoch. */
  nowMs: number
  deriveVector: IngestOptions["deriveVector"]
}

export interface ResolutionStore {
  /** Records of the `limit` customers after `after`, with the id of the last customer, `null` at the end. */
  people(after: string | null, limit: number): Promise<{ people: PersonEvidence[]; last: string | null }>
  /** Records of these customers. */
  recordsOf(customerIds: readonly string[]): Promise<PersonEvidence[]>
  /** All pairs of records of which the newest word is that they are two people. */
  apart(): Promise<{ a: string; b: string }[]>
  /** Newest words about pairs that a model had scored. */
  verdicts(): Promise<ScoredVerdict[]>
  /** Joins the customers of two records by score; false where they are one already, or somebody said that they are two people. */
  join(pair: ScoredRecords, context: JoinContext): Promise<boolean>
  /** Replaces the pairs that wait for a word by these. */
  replaceCandidates(pairs: readonly CandidateRecords[], nowMs: number): Promise<void>
  /** Pairs that wait for a word, worth most first, behind `after`. */
  candidates(after: CandidatePlace | null, limit: number): Promise<StoredCandidate[]>
  /** Keeps a model and forgets the one before. */
  saveModel(model: IdentityModel, summary: ResolutionSummary, nowMs: number): Promise<number>
  /** Id of the newest model; `null` before the first run. */
  latestModelId(): Promise<number | null>
  readModel(id: number): Promise<{ model: IdentityModel; summary: ResolutionSummary; madeAt: number } | null>
}

const zip = promisify(gzip)
const unzip = promisify(gunzip)

export function createResolutionStore({ database, byKey }: Pick<Connection, "database" | "byKey">): ResolutionStore {
  return {
    people: (after, limit) => readPeople(database, after, limit),

    recordsOf: (customerIds) => readRecords(database, customerIds),

    async apart() {
      const rows = await database.execute<{ a: string; b: string }>(sql`
        select record_a as a, record_b as b from record_links link
        where verdict = 'different' and ${isNewestWord} order by 1, 2`)
      return [...rows]
    },

    async verdicts() {
      const rows = await database.execute<ScoredVerdict & Record<string, unknown>>(sql`
        select coalesce(candidate.posterior, scored.posterior) as posterior, link.verdict = 'same' as "isSame"
        from record_links link
        left join identity_candidates candidate
          on candidate.record_a = link.record_a and candidate.record_b = link.record_b
        left join lateral (select posterior from record_links score
          where score.record_a = link.record_a and score.record_b = link.record_b and score.origin = 'score'
          order by id desc limit 1) scored on true
        where ${isNewestWord} and coalesce(candidate.posterior, scored.posterior) is not null
        order by 1 desc, 2`)
      return [...rows]
    },

    join: ({ recordA, recordB, posterior, weights }, { nowMs, deriveVector }) =>
      retryConflicts(() =>
        database.transaction(async (transaction) => {
          const findBoth = async () =>
            [await findRecord(transaction, recordA), await findRecord(transaction, recordB)] as const
          const [a, b] = await findBoth()
          if (a === null || b === null || a.customerId === b.customerId) return false
          const profiles = await lockOwners(transaction, [a, b], findBoth)
          if ((await customersApart(transaction, [a.customerId, b.customerId])).length > 0) return false
          const detail = { weights: Object.fromEntries(weights.map(({ field, bits }) => [field, bits])) }
          const link = {
            a: recordA,
            b: recordB,
            verdict: "same",
            origin: "score",
            detail,
            posterior,
            at: nowMs,
          } as const
          const both = [profiles.get(a.customerId)!, profiles.get(b.customerId)!] as const
          await joinCustomers(transaction, both, { links: [link], deriveVector })
          return true
        }),
      ),

    async replaceCandidates(pairs, nowMs) {
      await database.transaction(async (transaction) => {
        await transaction.execute(sql`
          delete from identity_candidates candidate where not exists (select from record_links link
            where link.record_a = candidate.record_a and link.record_b = candidate.record_b and origin = 'word')`)
        await transaction.execute(sql`
          insert into identity_candidates (record_a, record_b, posterior, weights, worth, found_at)
          select least("recordA", "recordB"), greatest("recordA", "recordB"), posterior, weights,
            posterior * (1 + coalesce(sum((profile.history ->> 'orders')::float8), 0)), ${toTimestamp(nowMs)}
          from json_to_recordset(${JSON.stringify(pairs)}::json) as given(
            "recordA" uuid, "recordB" uuid, "customerA" uuid, "customerB" uuid, posterior float8, weights jsonb)
          left join profiles profile on profile.customer_id in ("customerA", "customerB")
          group by 1, 2, 3, 4
          on conflict do nothing`)
      })
    },

    async candidates(after, limit) {
      const owner = (record: "record_a" | "record_b") => sql`coalesce((
        select customer_id from record_identifiers evidence where evidence.record_id = candidate.${sql.identifier(record)}
        order by claimed, told_at desc limit 1), candidate.${sql.identifier(record)})`
      const rows = await byKey.execute<StoredCandidate & Record<string, unknown>>(sql`
        select candidate.record_a as "recordA", candidate.record_b as "recordB", first.id as "customerA", second.id as "customerB",
          posterior, weights, worth, ${epochMs("found_at")} as "foundAt"
        from identity_candidates candidate
        cross join lateral (select ${owner("record_a")} as id) first
        cross join lateral (select ${owner("record_b")} as id) second
        where (${after === null}::boolean or worth < ${after?.worth ?? 0}::float8 or worth = ${after?.worth ?? 0}::float8
            and (candidate.record_a, candidate.record_b) > (${after?.recordA ?? null}::uuid, ${after?.recordB ?? null}::uuid))
          and not exists (select from record_links link where link.record_a = candidate.record_a
            and link.record_b = candidate.record_b and origin = 'word')
          and first.id <> second.id
        order by worth desc, candidate.record_a, candidate.record_b limit ${limit}`)
      return [...rows]
    },

    async saveModel(model, summary, nowMs) {
      const bytes = await zip(JSON.stringify(model))
      return database.transaction(async (transaction) => {
        const [row] = await transaction
          .insert(identityModels)
          .values({ madeAt: new Date(nowMs), model: bytes, summary })
          .returning({ id: identityModels.id })
        await transaction.execute(sql`delete from identity_models where id < ${row!.id}`)
        return row!.id
      })
    },

    async latestModelId() {
      const [row] = await byKey.execute<{ id: number }>(sql`select max(id)::float8 as id from identity_models`)
      return row?.id ?? null
    },

    async readModel(id) {
      const [row] = await database.execute<{ model: Uint8Array; summary: ResolutionSummary; madeAt: number }>(sql`
        select model, summary, ${epochMs("made_at")} as "madeAt" from identity_models where id = ${id}`)
      if (row === undefined) return null
      const text = (await unzip(row.model)).toString("utf8")
      return { model: JSON.parse(text) as IdentityModel, summary: row.summary, madeAt: row.madeAt }
    },
  }
}
