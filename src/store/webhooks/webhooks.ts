import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { enqueue, type OutboxMessage } from "./outbox.ts"

/** Endpoint that messages are delivered to; times are milliseconds since the epoch. */
export interface WebhookEndpoint {
  id: string
  url: string
  /** `null`: all. */
  types: readonly string[] | null
  createdAt: number
  disabledAt: number | null
}

/** One message on its way to one endpoint, held by who claimed it. */
export interface ClaimedDelivery {
  sequence: number
  claim: string
  messageId: string
  endpointId: string
  type: string
  body: string
  url: string
  /** The secrets to sign with; while one is being changed, both. */
  secrets: readonly Uint8Array[]
  /** This one included. */
  attempts: number
}

/** Result of an attempt. */
export type AttemptResult =
  | { state: "delivered"; status: number }
  | { state: "waiting"; afterMs: number; status: number | null; error: string }
  | { state: "dead"; status: number | null; error: string; isGone: boolean }

interface DeliveryRow {
  sequence: number
  id: string
  webhookId: string
  subject: string
  type: string
  state: "waiting" | "delivered" | "dead"
  attempts: number
  createdAt: number
  nextAttemptAt: number | null
  lastStatus: number | null
  lastError: string | null
  body: string
}

export interface WebhookStore {
  insert(endpoint: Omit<WebhookEndpoint, "disabledAt">, secret: Uint8Array, actor: Actor): Promise<void>
  list(): Promise<WebhookEndpoint[]>
  /** Signs with a new secret, and with the one before too until `formerUntil`; false when there is no such endpoint. */
  changeSecret(id: string, secret: Uint8Array, formerUntil: number, actor: Actor): Promise<boolean>
  /** Deletes it with what was on its way to it; false when there is no such endpoint. */
  delete(id: string, actor: Actor): Promise<boolean>
  /** Writes messages in a transaction of their own; for what changes nothing else. */
  send(messages: readonly OutboxMessage[]): Promise<number>
  /**
   * Takes what is due, for each endpoint as many as make `perEndpoint` with those that are `busy`: of each subject the first that is
   * not delivered, never one behind a dead letter. It is the caller's for `leaseMs` by the database's clock, then anybody's.
   */
  claimDue(
    claim: string,
    how: { perEndpoint: number; leaseMs: number; busy?: Readonly<Record<string, number>> },
  ): Promise<ClaimedDelivery[]>
  /** Records an attempt, unless the claim has passed to somebody else. An endpoint that is gone gets nothing more. */
  settle(delivery: Pick<ClaimedDelivery, "sequence" | "claim" | "endpointId">, result: AttemptResult): Promise<void>
  /** Newest first, from before `cursor` on. */
  messages(page: {
    state?: DeliveryRow["state"] | undefined
    limit: number
    cursor?: number | undefined
  }): Promise<DeliveryRow[]>
  /** Sends a message's dead letters again, the same id and bytes; `null` when there is no such message. */
  replay(messageId: string, actor: Actor): Promise<number | null>
  /** Counts waiting deliveries and dead letters, with the time since which the oldest waits (`null`: none waits). */
  backlog(): Promise<{ waiting: number; dead: number; oldestAt: number | null }>
  /** Lets out what waited behind a message that was erased with its customer; returns how many. */
  free(): Promise<number>
}

export function createWebhookStore(database: Database): WebhookStore {
  return {
    insert: ({ id, url, types, createdAt }, secret, actor) =>
      database.transaction(async (transaction) => {
        await transaction.execute(sql`
          insert into webhook_endpoints (id, url, types, secret, created_at)
          values (${id}, ${url}, ${types && JSON.stringify(types)}::jsonb, ${secret}, ${toTimestamp(createdAt)})`)
        const subject = { kind: "webhook", id } as const
        await recordAudit(transaction, {
          actor,
          action: "webhooks.create",
          subject,
          before: null,
          after: { url, types },
        })
      }),
    async list() {
      const rows = await database.execute<WebhookEndpoint & Record<string, unknown>>(sql`
        select id, url, types, ${epochMs("created_at")} as "createdAt", ${epochMs("disabled_at")} as "disabledAt"
        from webhook_endpoints order by created_at, id`)
      return [...rows]
    },
    changeSecret: (id, secret, formerUntil, actor) =>
      database.transaction(async (transaction) => {
        const [endpoint] = await transaction.execute<AuditedEndpoint>(sql`
          update webhook_endpoints set secret = ${secret}, former_secret = secret, former_until = ${toTimestamp(formerUntil)}
          where id = ${id} returning url, types`)
        if (endpoint === undefined) return false
        await recordAudit(transaction, {
          actor,
          action: "webhooks.rotateSecret",
          subject: { kind: "webhook", id },
          before: endpoint,
          after: { ...endpoint, formerSecretUntil: new Date(formerUntil) },
        })
        return true
      }),
    delete: (id, actor) =>
      database.transaction(async (transaction) => {
        const [endpoint] = await transaction.execute<AuditedEndpoint>(
          sql`delete from webhook_endpoints where id = ${id} returning url, types`,
        )
        if (endpoint === undefined) return false
        const subject = { kind: "webhook", id } as const
        await recordAudit(transaction, { actor, action: "webhooks.delete", subject, before: endpoint, after: null })
        return true
      }),
    send: (messages) => database.transaction((transaction) => enqueue(transaction, messages)),

    async claimDue(claim, { perEndpoint, leaseMs, busy = {} }) {
      const rows = await database.execute<ClaimedRow>(sql`
        with due as materialized (
          select next.sequence from webhook_endpoints endpoint cross join lateral (
            select sequence from webhook_deliveries own
            where own.endpoint_id = endpoint.id and state = 'waiting' and first and due_at <= clock_timestamp()
            order by due_at, sequence
            limit greatest(0, ${perEndpoint}::int - coalesce((${JSON.stringify(busy)}::jsonb ->> endpoint.id::text)::int, 0))
            for update skip locked
          ) next where endpoint.disabled_at is null
        )
        update webhook_deliveries delivery set claim = ${claim}, attempts = attempts + 1,
          due_at = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
        from due, webhook_messages message, webhook_endpoints endpoint
        where delivery.sequence = due.sequence and message.id = delivery.message_id and endpoint.id = delivery.endpoint_id
        returning delivery.sequence, delivery.message_id as "messageId", delivery.endpoint_id as "endpointId", attempts,
          message.type, message.body, endpoint.url, endpoint.secret,
          case when endpoint.former_until > clock_timestamp() then endpoint.former_secret end as "formerSecret"`)
      return rows
        .map(({ secret, formerSecret, sequence, ...row }) => ({
          ...row,
          sequence: Number(sequence),
          claim,
          secrets: formerSecret === null ? [secret] : [secret, formerSecret],
        }))
        .sort((a, b) => a.sequence - b.sequence)
    },

    async settle({ sequence, claim, endpointId }, result) {
      const afterMs = result.state === "waiting" ? result.afterMs : 0
      const error = result.state === "delivered" ? null : result.error
      await database.transaction(async (transaction) => {
        const settled = await transaction.execute(sql`
          update webhook_deliveries set state = ${result.state}, claim = null, last_status = ${result.status}, last_error = ${error},
            due_at = clock_timestamp() + ${afterMs}::float8 * interval '1 millisecond',
            settled_at = case when ${result.state}::text = 'waiting' then null else clock_timestamp() end
          where sequence = ${sequence} and claim = ${claim} returning 1`)
        // A statement of its own, so that it sees what was queued while it waited for this one.
        if (settled.length > 0 && result.state === "delivered") await lead(transaction, sequence)
        if (settled.length > 0 && result.state === "dead" && result.isGone)
          await transaction.execute(
            sql`update webhook_endpoints set disabled_at = clock_timestamp() where id = ${endpointId} and disabled_at is null`,
          )
      })
    },

    async messages({ state, limit, cursor }) {
      const rows = await database.execute<DeliveryRow & Record<string, unknown>>(sql`
        select delivery.sequence::float8 as sequence, message.id, endpoint_id as "webhookId", delivery.subject, message.type, state,
          attempts, ${epochMs("message.created_at")} as "createdAt", body, last_status as "lastStatus", last_error as "lastError",
          case when state = 'waiting' then ${epochMs("due_at")} end as "nextAttemptAt"
        from webhook_deliveries delivery join webhook_messages message on message.id = message_id
        where ${state === undefined ? sql`true` : sql`state = ${state}`}
          and ${cursor === undefined ? sql`true` : sql`delivery.sequence < ${cursor}`}
        order by delivery.sequence desc limit ${limit}`)
      return [...rows]
    },

    replay: (messageId, actor) =>
      database.transaction(async (transaction) => {
        const [message] = await transaction.execute<{ customerId: string | null; replayed: number }>(sql`
          with replayed as (
            update webhook_deliveries set state = 'waiting', attempts = 0, due_at = clock_timestamp(), settled_at = null
            where message_id = ${messageId} and state = 'dead' returning 1
          )
          select customer_id as "customerId", (select count(*)::int from replayed) as replayed
          from webhook_messages where id = ${messageId}`)
        if (message === undefined) return null
        const { customerId, replayed } = message
        if (replayed > 0)
          await recordAudit(transaction, {
            actor,
            action: "webhooks.replay",
            subject: { kind: "webhookMessage", id: messageId, customerId },
            before: { dead: replayed },
            after: { dead: 0 },
          })
        return replayed
      }),

    async backlog() {
      const [row] = await database.execute<{ waiting: number; dead: number; oldestAt: number | null }>(sql`
        select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'dead')::int as dead,
          (select ${epochMs("created_at")} from webhook_messages where id = (
            select message_id from webhook_deliveries where state = 'waiting' order by sequence limit 1)) as "oldestAt"
        from webhook_deliveries where state <> 'delivered'`)
      return row!
    },

    async free() {
      const freed = await database.execute(sql`
        update webhook_deliveries own set first = true, due_at = clock_timestamp()
        where state <> 'delivered' and not first and not exists (
          select from webhook_deliveries earlier
          where earlier.endpoint_id = own.endpoint_id and earlier.subject = own.subject
            and earlier.sequence < own.sequence and earlier.state <> 'delivered')
        returning 1`)
      return freed.length
    },
  }
}

/** The next of a delivered one's subject goes out now. */
const lead = (transaction: Pick<Database, "execute">, sequence: number) =>
  transaction.execute(sql`
    update webhook_deliveries set first = true, due_at = clock_timestamp() where sequence = (
      select next.sequence from webhook_deliveries ended join webhook_deliveries next using (endpoint_id, subject)
      where ended.sequence = ${sequence} and next.state <> 'delivered' order by next.sequence limit 1)`)

/** Columns of an endpoint that the audit log holds; secrets are not among them. */
type AuditedEndpoint = Pick<WebhookEndpoint, "url" | "types"> & Record<string, unknown>

type ClaimedRow = Omit<ClaimedDelivery, "claim" | "secrets"> & {
  secret: Uint8Array
  formerSecret: Uint8Array | null
} & Record<string, unknown>
