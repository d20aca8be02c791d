import { sql } from "drizzle-orm"
import { burstMs, judgeClick, type LinkClicks, noClicks } from "../../core/history/machine-click.ts"
import { lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import type { Database } from "../database/database.ts"

type Transaction = Pick<Database, "execute">

/** Somebody followed a link. */
export interface FollowedLink {
  /** Tells the links of one decision apart. */
  link: string
  /** Milliseconds since the epoch. */
  at: number
  /** Whether the request says of itself that no customer makes it. */
  isMachine: boolean
}

export const clickMessageId = (decisionId: string): string => `click ${decisionId}`

/** Remembers that a link of a decision whose customer is settled was followed; says whether it counts as the customer's click. What a burst shows to have been a machine's is taken back. */
export async function judgeFollowedLink(
  transaction: Transaction,
  decisionId: string,
  followed: FollowedLink,
): Promise<"customer" | "machine" | "notFound"> {
  const [row] = await transaction.execute<{ customerId: string; clicks: LinkClicks | null }>(sql`
    select decisions.customer_id as "customerId", link_clicks as clicks
    from decision_index join decisions using (customer_id, at, id) where id = ${decisionId} for update of decisions`)
  if (row === undefined) return "notFound"
  const { verdict, after } = judgeClick(row.clicks ?? noClicks, followed)
  await transaction.execute(sql`
    update decisions set link_clicks = ${JSON.stringify(after)}::jsonb from decision_index
    where decision_index.id = ${decisionId} and decisions.customer_id = decision_index.customer_id
      and decisions.at = decision_index.at and decisions.id = decision_index.id`)
  if (verdict === "burst") await takeBack(transaction, decisionId, row.customerId, followed.at)
  return verdict === "customer" ? "customer" : "machine"
}

/** That the mail arrived stays true, so what it reserved stays used. */
async function takeBack(transaction: Transaction, decisionId: string, customerId: string, at: number): Promise<void> {
  const deleted = await transaction.execute(sql`
    delete from outcomes where customer_id = ${customerId} and decision_id = ${decisionId}
      and message_id = ${clickMessageId(decisionId)} and at > to_timestamp(${at - burstMs}::float8 / 1000) returning 1`)
  if (deleted.length === 0) return
  const contact = (await lockContacts(transaction, [{ customerId }], at)).get(customerId)!
  const reservations = contact.reservations.map((held) => {
    if (held.decisionId !== decisionId || held.response !== "clicked") return held
    const { response: _, respondedAt: __, ...unanswered } = held
    return unanswered
  })
  await writeContacts(transaction, [{ customerId: contact.customerId, reservations }], at)
}
