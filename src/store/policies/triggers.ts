import { sql } from "drizzle-orm"
import type { ReservationRequest } from "../../core/decision/reservation-request.ts"
import type { Drop } from "../../core/decision/stages.ts"
import type { TriggerEvent } from "../../core/decision/trigger.ts"
import { type CartEvent, cartEventNames } from "../../core/history/cart.ts"
import { timeOfId } from "../../core/ids/uuid.ts"
import { lockContacts } from "../customers/lock-contacts.ts"
import type { Database } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { writeAt } from "../database/partitions.ts"
import type { Decision } from "../decisions/decision-types.ts"
import { writeDecisions } from "../decisions/write-decisions.ts"
import { enqueue, type OutboxMessage } from "../webhooks/outbox.ts"

/** A trigger of a placement's policy. */
interface TriggerName {
  placement: string
  trigger: string
}

interface Firing extends TriggerName {
  customerId: string
  firingWindow: string
  /** There is none if there was another at or after this. */
  notSinceMs: number
  at: number
}

export interface TriggerStore {
  /**
   * Returns each wanted customer's latest event of a name in `(fromMs, untilMs]` that no event of `unless` followed, by customer id.
   */
  findEvents(
    name: TriggerName,
    range: { event: string; unless: readonly string[]; fromMs: number; untilMs: number },
    wanted: Wanted,
    page: Page,
  ): Promise<TriggerEvent[]>
  /** Events since `fromMs` that tell of a customer's cart, in order of time, the latest few hundred; of claims only orders. */
  cartEvents(customerId: string, fromMs: number): Promise<CartEvent[]>
  /** Customers who are wanted, in order of id. */
  customers(name: TriggerName, wanted: Wanted, page: Page): Promise<string[]>
  /**
   * The firing, its decisions with what they reserve, and the messages to others, in one transaction. `standing`: it has fired before,
   * and nothing is written; nor is it when a reservation is refused.
   */
  fire(firing: Firing, decided: readonly FiredDecision[]): Promise<"fired" | "standing" | RefusedFiring>
}

/** A decision with what it takes and what others are told of it. */
export interface FiredDecision {
  decision: Decision
  reservationRequest: ReservationRequest | undefined
  message: OutboxMessage | null
}

/** A refused firing: the decision that was refused, and why. */
interface RefusedFiring {
  decisionId: string
  refusal: Drop
}

/** Customers that the trigger has not fired for since a moment; those without any consent only where none is needed. */
interface Wanted {
  notSinceMs: number
  evenWithoutConsent: boolean
}

interface Page {
  afterCustomerId: string | null
  limit: number
}

/** Takes the firing back that was written before a decision of it was refused. */
class Refused extends Error {
  readonly firing: RefusedFiring

  constructor(firing: RefusedFiring) {
    super(firing.refusal.reason)
    this.firing = firing
  }
}

const isWanted = (
  { placement, trigger }: TriggerName,
  { notSinceMs, evenWithoutConsent }: Wanted,
  { afterCustomerId }: Page,
) => sql`merged_into is null
  and (${afterCustomerId}::uuid is null or customer_id > ${afterCustomerId}::uuid)
  and (${evenWithoutConsent}::boolean or consents <> '{}')
  and not exists (
    select from trigger_firings fired where fired.customer_id = profiles.customer_id and placement = ${placement}
      and trigger = ${trigger} and fired.at >= ${toTimestamp(notSinceMs)})`

/** SQL condition: both events concern the same order or case; an event that names none concerns all. */
const isOfSameCase = sql.join(
  ["orderId", "complaintId"].map((key) => {
    const named = (event: string) => sql.raw(`ltrim(trim(${event}.properties ->> '${key}'), '#')`)
    return sql`coalesce(${named("later")} = ${named("happened")}, true)`
  }),
  sql` and `,
)

const maxCartEvents = 500

export function createTriggerStore(database: Database): TriggerStore {
  return {
    async findEvents(name, { event, unless, fromMs, untilMs }, wanted, page) {
      const rows = await database.execute<TriggerEvent & Record<string, unknown>>(sql`
        select distinct on (customer_id) customer_id as "customerId", ${epochMs("at")} as at, name, properties, lines
        from events happened join profiles using (customer_id)
        where name = ${event} and happened.trust is null and at > ${toTimestamp(fromMs)} and at <= ${toTimestamp(untilMs)} and ${isWanted(name, wanted, page)}
          and not exists (
            select from events later where later.customer_id = happened.customer_id and later.at > happened.at and later.trust is null
              and ${JSON.stringify(unless)}::jsonb ? later.name and ${isOfSameCase})
        order by customer_id, at desc limit ${page.limit}`)
      return [...rows]
    },

    async cartEvents(customerId, fromMs) {
      const rows = await database.execute<CartEvent & Record<string, unknown>>(sql`
        select name, lines, properties from events
        where customer_id = ${customerId} and at > ${toTimestamp(fromMs)}
          and ${JSON.stringify(cartEventNames)}::jsonb ? name and (trust is null or name = 'Order Completed')
        order by at desc, message_id desc limit ${maxCartEvents}`)
      return [...rows].reverse()
    },

    async customers(name, wanted, page) {
      const rows = await database.execute<{ id: string }>(sql`
        select customer_id as id from profiles where ${isWanted(name, wanted, page)} order by customer_id limit ${page.limit}`)
      return rows.map(({ id }) => id)
    },

    async fire({ customerId, placement, trigger, firingWindow, notSinceMs, at }, decided) {
      const { decision } = decided[0]!
      const write = () =>
        database.transaction(async (transaction) => {
          // Under the customer's lock, so that two windows cannot both be the first.
          const contacts = await lockContacts(transaction, [{ customerId, customerKnown: true }], at)
          const contact = contacts.get(customerId)
          if (contact === undefined) return "standing" as const
          const fired = await transaction.execute(sql`
            select 1 from trigger_firings where customer_id = ${contact.customerId} and placement = ${placement}
              and trigger = ${trigger} and at > ${toTimestamp(notSinceMs)} limit 1`)
          if (fired.length > 0) return "standing" as const
          const written = await transaction.execute(sql`
            insert into trigger_firings (customer_id, placement, trigger, firing_window, decision_id, at)
            values (${contact.customerId}, ${placement}, ${trigger}, ${firingWindow}, ${decision.id}, ${toTimestamp(at)})
            on conflict do nothing returning 1`)
          if (written.length === 0) return "standing" as const
          const refusals = await writeDecisions(transaction, decided)
          for (const [n, refusal] of refusals.entries())
            if (refusal) throw new Refused({ decisionId: decided[n]!.decision.id, refusal })
          await enqueue(
            transaction,
            decided.flatMap(({ message }) => message ?? []),
          )
          return "fired" as const
        })
      try {
        return await writeAt(database, timeOfId(decision.id), () => retryConflicts(write))
      } catch (error) {
        if (error instanceof Refused) return error.firing
        throw error
      }
    },
  }
}
