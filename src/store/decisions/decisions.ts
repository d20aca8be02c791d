import { sql } from "drizzle-orm"
import type { ReservationRequest } from "../../core/decision/reservation-request.ts"
import type { Drop } from "../../core/decision/stages.ts"
import { acceptances } from "../../core/history/outcome.ts"
import { readHistory } from "../../core/history/read-history.ts"
import { idBound, timeOfId } from "../../core/ids/uuid.ts"
import type { AcceptanceCount } from "../../core/propensity/smoothed-rates.ts"
import type { ShownList } from "../../core/recipe/rotation.ts"
import { dayMs } from "../../core/time/durations.ts"
import { countedTime } from "../../core/time/reported-time.ts"
import { type Connection, type Database, lockTimeoutMs, withLockTimeout } from "../database/database.ts"
import { mayBeOneItem, retryConflicts } from "../database/database-errors.ts"
import { confirmEarlierCommits } from "../database/durability.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { createGroupCommit } from "../database/group-commit.ts"
import { writeAt } from "../database/partitions.ts"
import { classifyFollowedLink, clickMessageId, type FollowedLink } from "../events/record-click.ts"
import { answerReservation, type ReportedMoment } from "./answer-reservation.ts"
import type { Decision, LoggedCustomer, RecordedOutcome, ReportedOutcome } from "./decision-types.ts"
import { readShownLists, type ShownBetween } from "./read-shown-lists.ts"
import { readTrace } from "./read-trace.ts"
import { findDecision, isDecision, type SettledDecision, settledDecision } from "./settled-decision.ts"
import { type DecisionEntry, writeDecisions } from "./write-decisions.ts"

export interface DecisionStore {
  /**
   * Group-committed; resolves once the row is durable. What it books is checked under the locks of the same transaction: where that
   * is more than is left, nothing is written and the reason comes back.
   */
  append(decision: Decision, reservationRequest?: ReservationRequest): Promise<Drop | null>
  /** Appends a ranking, which books nothing. */
  record(decision: Decision): Promise<void>
  /** The row and its outcomes, oldest first, or `null`. */
  read(id: string): Promise<{ decision: Decision; outcomes: readonly RecordedOutcome[] } | null>
  /** Reads which items the latest recommendations at some placements showed a customer. */
  shownTo(customerId: string, placements: readonly string[], between: ShownBetween): Promise<ShownList[]>
  /** `duplicate`: this message was recorded before. Any outcome says that the customer saw it, so it activates. */
  recordOutcome(id: string, outcome: ReportedOutcome, nowMs: number): Promise<"recorded" | "duplicate" | "notFound">
  /** A link of content was followed: the outcome `click` once, unless a machine did; that is counted apart and teaches nothing. */
  recordClick(id: string, followed: FollowedLink): Promise<"recorded" | "duplicate" | "machine" | "notFound">
  /** Turns the reservation into use; harmless when it is already. `nowMs` decides whether it is too late. */
  activate(id: string, moment: ReportedMoment): Promise<"activated" | "expired" | "notFound">
  /** The latest decisions of a placement that drew among options, newest first, each with its customer as known now. */
  latest(placement: string, limit: number): Promise<{ decision: Decision; customer: LoggedCustomer | null }[]>
  /** Decisions made at or after `since` that reached the customer, counted by kind and channel. */
  countAcceptances(since: number): Promise<AcceptanceCount[]>
}

/** A decision's id is made within a day of its time: what is older is in older partitions. */

type Row = Decision & Record<string, unknown>

export function createDecisionStore({ database, byKey, writing }: Connection): DecisionStore {
  // Few connections do these: one row that is held must not keep them from the rest.
  const transact: Database["transaction"] = (work) =>
    retryConflicts(() =>
      database.transaction((transaction) => withLockTimeout(transaction, lockTimeoutMs.byKey, () => work(transaction))),
    )
  const commitBy = (write: (entries: readonly DecisionEntry[]) => Promise<(Drop | null)[]>) =>
    createGroupCommit<DecisionEntry, Drop | null>({
      flush: (entries) =>
        writeAt(database, timeOfId(entries[0]!.decision.id), () => retryConflicts(() => write(entries))),
      maxGroup: 200,
      maxWaiting: 1000,
      mayBeOneItem,
      locks: { keyOf: ({ decision }) => decision.customerId, patienceMs: 0 },
    })
  // What books nothing is one statement, and does not wait for what looks, locks and books.
  const appendPlain = commitBy((entries) => writeDecisions(writing, entries))
  const appendReserving = commitBy((entries) =>
    writing.transaction((transaction) =>
      withLockTimeout(transaction, lockTimeoutMs.answer, () => writeDecisions(transaction, entries)),
    ),
  )
  return {
    append: (decision, reservationRequest) =>
      (reservationRequest === undefined ? appendPlain : appendReserving)({ decision, reservationRequest }),

    async record(decision) {
      await appendPlain({ decision, reservationRequest: undefined })
    },

    read: (id) => readDecision(byKey, id),

    shownTo: (customerId, placements, between) => readShownLists(byKey, customerId, placements, between),

    recordOutcome: (id, reported, nowMs) =>
      transact(async (transaction) => {
        const settled = await settledDecision(transaction, id)
        return settled === null ? "notFound" : writeOutcome(transaction, settled, reported, nowMs)
      }),

    recordClick: (id, followed) =>
      transact(async (transaction) => {
        const settled = await settledDecision(transaction, id)
        if (settled === null) return "notFound"
        const verdict = await classifyFollowedLink(transaction, settled, followed)
        if (verdict !== "customer") return verdict
        const clicked = {
          messageId: clickMessageId(id),
          outcome: "click",
          reportedAt: followed.at,
          value: null,
        } as const
        return writeOutcome(transaction, settled, clicked, followed.at)
      }),

    async activate(id, moment) {
      return transact(async (transaction) => {
        const settled = await settledDecision(transaction, id)
        if (settled === null) return "notFound"
        const [row] = await transaction.execute<{ activated: boolean; late: boolean }>(sql`
          select activated_at is not null as activated, coalesce(expires_at < ${toTimestamp(moment.nowMs)}, false) as late
          from decisions where ${isDecision(settled)} for update`)
        if (row === undefined) return "notFound"
        if (row.activated) {
          await confirmEarlierCommits(transaction)
          return "activated"
        }
        if (row.late) return "expired"
        await answerReservation(transaction, settled, moment)
        return "activated"
      })
    },

    async latest(placement, limit) {
      const rows = await database.execute<Row & { customer: LoggedCustomer | null }>(sql`
        select decisions.id, decisions.customer_id as "customerId", ${epochMs("decisions.at")} as at, verb, placement, channel, kind,
          offer_id as "offerId", release_id as "releaseId", policy_version as "policyVersion", trace,
          ${epochMs("expires_at")} as "expiresAt", ${epochMs("activated_at")} as "activatedAt",
          case when profiles.customer_id is not null
            then jsonb_build_object('history', history, 'traits', traits, 'consents', consents) end as customer
        from decisions left join profiles using (customer_id)
        where verb in ('decide', 'content') and placement = ${placement} order by decisions.at desc limit ${limit}`)
      return rows.map(({ customer, ...decision }) => ({
        decision: { ...decision, trace: readTrace(decision.trace) },
        customer: customer && { ...customer, history: readHistory(customer.history) },
      }))
    },

    async countAcceptances(since) {
      const rows = await database.execute<AcceptanceCount & Record<string, unknown>>(sql`
        select kind, channel, count(*)::int as offered, count(*) filter (where accepted)::int as accepted,
          sum(coalesce(expected_acceptance, 0.05))::float8 as expected
        from (
          select kind, channel, expected_acceptance, activated_at is not null as activated,
            exists (select from outcomes where customer_id = decisions.customer_id and decision_id = decisions.id) as answered,
            exists (
              select from outcomes where customer_id = decisions.customer_id and decision_id = decisions.id
                and outcome in (${sql.join(
                  acceptances.map((outcome) => sql`${outcome}`),
                  sql`, `,
                )})
            ) as accepted
          from decisions where offer_id is not null and channel is not null and at >= ${toTimestamp(since)}
            and id >= ${idBound(since - dayMs)}::uuid
        ) reached
        where activated or answered group by kind, channel`)
      return [...rows]
    },
  }
}

/** Looks where the row is, and looks again where a merge has moved it meanwhile. */
async function readDecision(database: Database, id: string): ReturnType<DecisionStore["read"]> {
  const found = await findDecision(database, id)
  if (found === null) return null
  const [row] = await database.execute<Row & { outcomes: RecordedOutcome[] }>(sql`
    select decisions.id, decisions.customer_id as "customerId", ${epochMs("decisions.at")} as at, verb, placement, channel, kind,
      offer_id as "offerId", release_id as "releaseId", policy_version as "policyVersion", arm, trace,
      ${epochMs("expires_at")} as "expiresAt", ${epochMs("activated_at")} as "activatedAt",
      ${epochMs("activation_reported_at")} as "activationReportedAt", trace ->> 'joins' as joins,
      (link_clicks ->> 'machine')::int as "machineClicks",
      case when kind = 'notice' then (
        select joining.id from decisions joining
        where joining.customer_id = decisions.customer_id and joining.at >= decisions.at
          and joining.at < decisions.at + interval '1 hour' and joining.trace ->> 'joins' = decisions.id::text limit 1
      ) end as joined,
      coalesce((
        select jsonb_agg(jsonb_build_object('messageId', message_id, 'outcome', outcome, 'at', ${epochMs("outcomes.at")},
          'reportedAt', ${epochMs("outcomes.reported_at")}, 'value', value)
          order by outcomes.at, message_id)
        from outcomes where outcomes.customer_id = decisions.customer_id and decision_id = decisions.id
      ), '[]') as outcomes
    from decisions where ${isDecision(found)}`)
  if (row === undefined) {
    const moved = await findDecision(database, id)
    return moved === null || moved.customerId === found.customerId ? null : readDecision(database, id)
  }
  const { outcomes, ...decision } = row
  return { decision: { ...decision, trace: readTrace(decision.trace) }, outcomes }
}

async function writeOutcome(
  transaction: Pick<Database, "execute">,
  decision: SettledDecision,
  { messageId, outcome, reportedAt, value }: ReportedOutcome,
  nowMs: number,
): Promise<"recorded" | "duplicate"> {
  const at = countedTime(reportedAt, { fromMs: decision.at, nowMs })
  const recorded = await transaction.execute(sql`
    insert into outcomes (customer_id, decision_id, message_id, outcome, at, reported_at, value)
    values (${decision.customerId}, ${decision.id}, ${messageId}, ${outcome}, ${toTimestamp(at)}, ${toTimestamp(at === reportedAt ? null : reportedAt)},
      to_jsonb(${value}::float8))
    on conflict do nothing returning 1`)
  if (recorded.length === 0) {
    await confirmEarlierCommits(transaction)
    return "duplicate"
  }
  await answerReservation(transaction, decision, { reportedAt, nowMs }, outcome)
  return "recorded"
}
