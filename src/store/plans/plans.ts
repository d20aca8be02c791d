import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { AuditAction } from "../../core/access/audit-action.ts"
import type { PlannedCustomer } from "../../core/plan/customer-value.ts"
import type { PlanMonitoring, PlanStatus, PlanSummary } from "../../core/plan/plan-schema.ts"
import type { PlanRequest } from "../../core/policy/plan-request.ts"
import { recordAudit } from "../audit/record-audit.ts"
import { type PlanCustomer, readPlanCustomers } from "../customers/plan-customers.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { enqueue } from "../webhooks/outbox.ts"

/** A stored plan; times are milliseconds since the epoch. */
export interface StoredPlan {
  id: string
  name: string
  status: PlanStatus
  request: PlanRequest
  releaseId: string | null
  summary: PlanSummary | null
  monitoring: PlanMonitoring | null
  /** Reason for a halt or a failure. */
  reason: string | null
  createdAt: number
  plannedAt: number | null
  approvedAt: number | null
  startedAt: number | null
  endedAt: number | null
}

/** A change of status, with the columns set by it. */
interface PlanChange {
  id: string
  /** The statuses it may change from. */
  from: readonly PlanStatus[]
  to: Exclude<PlanStatus, "planning">
  at: number
  reason?: string
  releaseId?: string
  summary?: PlanSummary
  monitoring?: PlanMonitoring
  actor: Actor
}

export interface PlanStore {
  create(plan: Pick<StoredPlan, "id" | "name" | "request" | "createdAt">, actor: Actor): Promise<StoredPlan>
  read(id: string): Promise<StoredPlan | null>
  /** Returns plans newest first, from behind the plan `after`. */
  list(page: { after?: string | undefined; limit: number }): Promise<StoredPlan[]>
  /** Oldest first. */
  inStatus(statuses: readonly PlanStatus[]): Promise<StoredPlan[]>
  /** Writes the change and the message that tells of it in one transaction; `null` when the plan is in none of `from`. */
  change(change: PlanChange): Promise<StoredPlan | null>
  /** Writes the monitoring but keeps `haltMonitorSince`, since the plan may have been resumed meanwhile. */
  writeMonitoring(id: string, monitoring: PlanMonitoring): Promise<void>
  /** Customers of a plan behind `after` in order of id, the holdout included, with their sends and their item histories. */
  planned(id: string, after: string | null, limit: number): Promise<(PlannedCustomer & { customerId: string })[]>
  /** Reads customers after `after` by id, with what a plan considers. */
  customers(after: string | null, limit: number): Promise<PlanCustomer[]>
}

const timeOf: Partial<Record<PlanStatus, string>> = {
  planned: "planned_at",
  approved: "approved_at",
  running: "started_at",
  done: "ended_at",
}

/** Action that enters each status; a halted plan that runs again was resumed. */
const actionOf: Readonly<Record<Exclude<PlanStatus, "planning">, AuditAction>> = {
  planned: "plans.make",
  failed: "plans.fail",
  approved: "plans.approve",
  running: "plans.start",
  halted: "plans.halt",
  done: "plans.finish",
}

const columns = sql`id, name, status, request, release_id as "releaseId", summary, monitoring, reason, ${epochMs("created_at")} as "createdAt",
  ${epochMs("planned_at")} as "plannedAt", ${epochMs("approved_at")} as "approvedAt", ${epochMs("started_at")} as "startedAt",
  ${epochMs("ended_at")} as "endedAt"`

type Row = StoredPlan & Record<string, unknown>
type PlanState = Pick<StoredPlan, "status" | "reason">

const stateOf = ({ status, reason }: PlanState): PlanState => ({ status, reason })

export function createPlanStore(database: Database): PlanStore {
  return {
    create: ({ id, name, request, createdAt }, actor) =>
      database.transaction(async (transaction) => {
        const [row] = await transaction.execute<Row>(sql`
          insert into plans (id, name, status, request, created_at)
          values (${id}, ${name}, 'planning', ${JSON.stringify(request)}::jsonb, ${toTimestamp(createdAt)})
          returning ${columns}`)
        await recordAudit(transaction, {
          actor,
          action: "plans.create",
          subject: { kind: "plan", id },
          before: null,
          after: { status: row!.status, name, request },
        })
        return row!
      }),

    async read(id) {
      const [row] = await database.execute<Row>(sql`select ${columns} from plans where id = ${id}`)
      return row ?? null
    },

    list: async ({ after, limit }) => [
      ...(await database.execute<Row>(sql`
        select ${columns} from plans
        where ${after === undefined ? sql`true` : sql`(created_at, id) < (select created_at, id from plans where id = ${after})`}
        order by created_at desc, id desc limit ${limit}`)),
    ],

    inStatus: async (statuses) => [
      ...(await database.execute<Row>(sql`
        select ${columns} from plans where status in (select json_array_elements_text(${JSON.stringify(statuses)}::json))
        order by created_at, id`)),
    ],

    change: ({ id, from, to, at, reason, releaseId, summary, monitoring, actor }) =>
      database.transaction(async (transaction) => {
        const [former] = await transaction.execute<PlanState & Record<string, unknown>>(
          sql`select status, reason from plans where id = ${id} for no key update`,
        )
        if (former === undefined || !from.includes(former.status)) return null
        const time = timeOf[to]
        // A plan that goes on after a halt started when it started.
        const stamp =
          time === undefined
            ? sql``
            : sql`, ${sql.identifier(time)} = coalesce(${sql.identifier(time)}, ${toTimestamp(at)})`
        const [row] = await transaction.execute<Row>(sql`
          update plans set status = ${to}, reason = ${reason ?? null}, release_id = coalesce(${releaseId ?? null}::uuid, release_id),
            summary = coalesce(${summary ? JSON.stringify(summary) : null}::jsonb, summary),
            monitoring = coalesce(${monitoring ? JSON.stringify(monitoring) : null}::jsonb, monitoring) ${stamp}
          where id = ${id} returning ${columns}`)
        const payload = { planId: id, name: row!.name, status: to, ...(reason !== undefined && { reason }) }
        await enqueue(transaction, [{ subject: `plan:${id}`, type: `plan.${to}`, customerId: null, at, payload }])
        await recordAudit(transaction, {
          actor,
          action: former.status === "halted" && to === "running" ? "plans.resume" : actionOf[to],
          subject: { kind: "plan", id },
          before: stateOf(former),
          after: stateOf(row!),
        })
        return row!
      }),

    planned: async (id, after, limit) => [
      ...(await database.execute<PlannedCustomer & { customerId: string } & Record<string, unknown>>(sql`
        select customer_id as "customerId", own.sends, history -> 'items' as items
        from (
          select customer_id,
            jsonb_agg(jsonb_build_object('itemId', item_id, 'state', state, 'inHoldout', in_holdout, 'expectedValue', expected_value)) as sends
          from sends where plan_id = ${id} and (${after}::uuid is null or customer_id > ${after}::uuid)
          group by customer_id order by customer_id limit ${limit}
        ) own join profiles using (customer_id) order by customer_id`)),
    ],

    customers: (after, limit) => readPlanCustomers(database, after, limit),

    async writeMonitoring(id, monitoring) {
      await database.execute(sql`
        update plans set monitoring = jsonb_set(
          ${JSON.stringify(monitoring)}::jsonb, '{haltMonitorSince}', coalesce(monitoring -> 'haltMonitorSince', 'null'))
        where id = ${id}`)
    },
  }
}
